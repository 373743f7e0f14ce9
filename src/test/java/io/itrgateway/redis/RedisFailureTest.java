package io.itrgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisFailureTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            WRONGPASS invalid username-password pair or user is disabled. | refused  | refuses the user or the password in GATEWAY_REDIS_URL
            NOAUTH Authentication required.                               | refused  | refuses the user or the password in GATEWAY_REDIS_URL
            NOPERM this user has no permissions to run the 'eval' command | refused  | too few rights
            ERR DB index is out of range                                  | database | no database of the number in GATEWAY_REDIS_URL
            ERR unknown command 'EVAL'                                    | error    | too old
            READONLY You can't write against a read only replica.         | readonly | a replica
            NOREPLICAS Not enough good replicas to write.                 | readonly | min-replicas-to-write
            WRONGTYPE Operation against a key holding the wrong kind      | error    | something else has written
            OOM command not allowed when used memory > 'maxmemory'.       | full     | memory or disk is used up
            LOADING Redis is loading the dataset in memory                | busy     | loads its data
            TRYAGAIN Multiple keys request during rehashing of slot       | busy     | moves it to another node
            MOVED 14790 127.0.0.1:7002                                    | cluster  | QUARKUS_REDIS_CLIENT_TYPE has to be cluster
            ASK 14790 127.0.0.1:7002                                      | cluster  | QUARKUS_REDIS_CLIENT_TYPE has to be cluster
            ERR Error running script (call to f_cf): @user_script:1: @user_script: 1: -OOM command not allowed when used memory | full | memory
            @user_script: 12: -READONLY You can't write against a read only replica. | readonly | a replica
            Connection refused: localhost/127.0.0.1:1                     | broken   | no connection to the address in GATEWAY_REDIS_URL
            Failed to create SSL connection                               | broken   | its certificate may not be trusted (QUARKUS_REDIS_TLS_CONFIGURATION_NAME)
            """)
    void aFailureIsAWordAndASentenceWithoutWhatRedisSaid(String message, String word, String words) {
        RedisAway.Reason reason = RedisFailure.reason(new IllegalStateException(message));

        assertThat(reason.word()).isEqualTo(word);
        assertThat(RedisFailure.inWords(reason)).contains(words);
    }
}
