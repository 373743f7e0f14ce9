package io.itrgateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.ProblemKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Who has to act on an answer. */
class ResponsiblePartyTest {

    @ParameterizedTest
    @CsvSource({
        "unheard-of, SERVICE",
        "internal-error, SERVICE",
        "upstream-credentials-refused, SERVICE",
        "quota-exhausted, SERVICE",
        "upstream-timeout, UPSTREAM",
        "upstream-unavailable, UPSTREAM",
        "upstream-rejected, CALLER",
        "caller-limit, CALLER",
        "caller-gone, CALLER",
        "ok, SUCCESS"
    })
    void anAnswerIsOfOneClass(String code, ResponsibleParty expected) {
        assertThat(ResponsibleParty.of(code)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void noProblemIsASuccess(ProblemKind kind) {
        assertThat(ResponsibleParty.of(kind.code())).isNotEqualTo(ResponsibleParty.SUCCESS);
    }
}
