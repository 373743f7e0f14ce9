package io.itrgateway.status;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** The key of the status page, as text; {@link OperatorKey} judges it. */
@ConfigMapping(prefix = "gateway")
public interface StatusConfig {

    /** Who may see the status page: the SHA-256 digest, in hexadecimal, of the operators' key. Without it there is no such page. */
    Optional<String> operatorKey();
}
