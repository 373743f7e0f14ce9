package io.itrgateway.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoctorArgumentsTest {

    @ParameterizedTest
    @ValueSource(strings = {"Doctor", "doctor --jsn", "doctor --json --json", "--json doctor", "doctor now", "serve"})
    void whatIsNotUnderstoodIsNotGuessedAt(String words) {
        assertThat(DoctorArguments.of(List.of(words.split(" ")))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "foo, unknown argument: foo",
        "Doctor, unknown argument: Doctor",
        "doctor --foo, unknown argument: --foo",
        "doctor --json --json, unknown argument: --json",
        "--json doctor, unknown argument: --json",
        "--help doctor, unknown argument: doctor",
        "DEEPVUE_CLIENT_SECRET=hidden, unknown argument: DEEPVUE_CLIENT_SECRET",
        "-Ddeepvue.client-secret=hidden, unknown argument: number 1 (not shown); a system property stands before -jar",
        "doctor c2VjcmV0, unknown argument: number 2 (not shown)"
    })
    void theFirstWordThatIsNotUnderstoodIsNamed(String words, String line) {
        assertThat(DoctorArguments.refusal(List.of(words.split(" ")))).isEqualTo(line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "help", "doctor --help", "doctor -h", "doctor --json --help"})
    void theUsageMayBeAskedForBehindACommand(String words) {
        assertThat(DoctorArguments.areForHelp(List.of(words.split(" ")))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"doctor", "doctor help", "serve --help", "--help doctor", "--version --help", "helpp"})
    void nothingElseAsksForTheUsage(String words) {
        assertThat(DoctorArguments.areForHelp(List.of(words.split(" ")))).isFalse();
    }

    @Test
    void theReportIsTextUnlessJsonIsRequested() {
        assertThat(DoctorArguments.of(List.of("doctor"))).contains(new DoctorArguments(false));
        assertThat(DoctorArguments.of(List.of("doctor", "--json"))).contains(new DoctorArguments(true));
    }
}
