package io.itrgateway.edge;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** The keys of the edge, as text; {@link CallerKeys} judges them. */
@ConfigMapping(prefix = "gateway")
public interface EdgeConfig {

    /**
     * Who may call: comma-separated {@code name:sha256-hex}, where the digest is that of the key the caller sends in
     * {@code x-api-key}. Without it, and without OIDC, the service does not start in production.
     */
    Optional<String> apiKeys();
}
