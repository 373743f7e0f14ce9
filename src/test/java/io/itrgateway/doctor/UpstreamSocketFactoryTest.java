package io.itrgateway.doctor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.itrgateway.sandbox.ScriptedProxy;
import io.itrgateway.transport.ProxyAddress;
import io.vertx.core.net.ProxyType;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamSocketFactoryTest {

    /** The client of the service takes 200 only. */
    @ParameterizedTest
    @ValueSource(ints = {201, 204, 403})
    void anAnswerToConnectThatTheServiceDoesNotTakeIsARefusal(int status) {
        try (var proxy = new ScriptedProxy()) {
            proxy.refuses(status);
            var address = new ProxyAddress(ProxyType.HTTP, "localhost", proxy.port(), Optional.empty());
            var sockets = new UpstreamSocketFactory(Optional.of(address), Duration.ofMinutes(1));

            assertThatThrownBy(() -> sockets.open("deepvue.invalid", 443))
                    .isInstanceOf(UpstreamSocketFactory.RefusedByProxy.class)
                    .hasMessageContaining("status " + status);
        }
    }
}
