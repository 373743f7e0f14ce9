package io.itrgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import org.junit.jupiter.api.Test;

class ClusterConnectionsTest {

    private static int readIdleTimeoutOf(RedisClientType type) {
        var options =
                new RedisOptions().setType(type).setNetClientOptions(new NetClientOptions().setReadIdleTimeout(3));
        new ClusterConnections().customize("<default>", options);
        return options.getNetClientOptions().getReadIdleTimeout();
    }

    @Test
    void aNodeThatIsAskedForNothingIsNotTakenForDead() {
        assertThat(readIdleTimeoutOf(RedisClientType.CLUSTER)).isZero();
    }

    @Test
    void aRedisThatIsAskedEverySecondIsTakenForDeadWhenItIsSilent() {
        assertThat(readIdleTimeoutOf(RedisClientType.STANDALONE)).isEqualTo(3);
    }
}
