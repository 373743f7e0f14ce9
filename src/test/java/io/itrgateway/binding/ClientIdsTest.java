package io.itrgateway.binding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.secret.Secret;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientIdsTest {

    private static List<String> idsIn(String envelope) {
        return ClientIds.of(envelope.getBytes(UTF_8)).stream()
                .map(Secret::reveal)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "\"itr_1\"",
                "not JSON",
                "{}",
                "{\"client_id\":\"itr_1\"}",
                "{\"data\":null}",
                "{\"data\":[\"client_id\",\"itr_1\"]}",
                "{\"data\":\"client_id\"}",
                "{\"data\":{}}",
                "{\"data\":{\"client_id\":null}}",
                "{\"data\":{\"client_id\":true}}",
                "{\"data\":{\"client_id\":{\"client_id\":\"itr_1\"}}}",
                "{\"data\":{\"nested\":{\"client_id\":\"itr_1\"}}}",
                "{\"other\":{\"client_id\":\"itr_1\"}}",
                "{\"data\":{\"CLIENT_ID\":\"itr_1\"}}"
            })
    void anAnswerWithoutAClientIdHasNone(String envelope) {
        assertThat(idsIn(envelope)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"data\":{\"itr_client_id\":\"itr_1\"}}",
                "{\"data\":{\"client_id\":\"itr_1\"}}",
                "{\"code\":200,\"data\":{\"x\":{\"y\":[1,{}]},\"client_id\":\"itr_1\"},\"sub_code\":\"SUCCESS\"}",
                "{\"data\":{\"client\\u005fid\":\"itr\\u005f1\"}}",
                "{\"data\":{},\"data\":{\"client_id\":\"itr_1\"}}",
                " {\"data\" : {\"client_id\" : \"itr_1\"} } "
            })
    void theIdIsReadFromWhicheverMemberCarriesIt(String envelope) {
        assertThat(idsIn(envelope)).containsExactly("itr_1");
    }

    @Test
    void anIdThatIsANumberIsReadAsItIsWritten() {
        assertThat(idsIn("{\"data\":{\"client_id\":12345678901234567890}}")).containsExactly("12345678901234567890");
    }

    @Test
    void twoMembersWithDifferentIdsAreTwoIds() {
        assertThat(idsIn("{\"data\":{\"client_id\":\"itr_1\",\"itr_client_id\":\"itr_2\"}}"))
                .containsExactly("itr_1", "itr_2");
    }

    @Test
    void anAnswerCannotHaveMoreIdsThanAFew() {
        assertThat(idsIn("{\"data\":{" + "\"client_id\":\"itr_1\",".repeat(100) + "\"x\":1}}"))
                .hasSize(4);
    }
}
