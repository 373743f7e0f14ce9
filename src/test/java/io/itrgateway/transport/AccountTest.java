package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.secret.Secret;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccountTest {

    private static final String NO_ID =
            "DEEPVUE_CLIENT_ID is not set or is empty; it should be the client id of the account with Deepvue";
    private static final String NO_SECRET =
            "DEEPVUE_CLIENT_SECRET is not set or is empty; it should be the client secret of the account with Deepvue";

    private final ConfigurationFaults faults = new ConfigurationFaults();

    @Test
    void theAccountIsTheConfiguredOne() {
        assertThat(account("client-4711", "s3cret")).isEqualTo(new Account("client-4711", Secret.of("s3cret")));
        assertThat(faults.lines()).isEmpty();
    }

    @Test
    void spaceAroundTheValuesIsNotPartOfThem() {
        assertThat(account(" client-4711\n", "\ts3cret ")).isEqualTo(new Account("client-4711", Secret.of("s3cret")));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "\n"})
    void anAccountWithoutItsIdIsAFault(String id) {
        account(id, "s3cret");

        assertThat(faults.lines()).containsExactly(NO_ID);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "\n"})
    void anAccountWithoutItsSecretIsAFault(String secret) {
        account("client-4711", secret);

        assertThat(faults.lines()).containsExactly(NO_SECRET);
    }

    @Test
    void bothFaultsAreReportedTogether() {
        account(null, null);

        assertThat(faults.lines()).containsExactly(NO_ID, NO_SECRET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3\ncret", "s3\tcret", "s3\u0000cret", "s3\u007fcret", "s3crét", "s3 crét", "s3क"})
    void aSecretThatNoHeaderCanCarryIsAFaultThatDoesNotShowIt(String secret) {
        account("client-4711", secret);

        assertThat(faults.lines()).containsExactly("""
                DEEPVUE_CLIENT_SECRET holds a character that no header can carry, such as a line break, or one that is not \
                ASCII; it should be the client secret of the account with Deepvue""");
    }

    @Test
    void aSpaceInsideIsNamed() {
        account("client 4711", "s3 cr et");

        assertThat(faults.lines())
                .containsExactly(
                        "DEEPVUE_CLIENT_ID holds a space; it should be the client id of the account with Deepvue",
                        "DEEPVUE_CLIENT_SECRET holds a space; it should be the client secret of the account with Deepvue");
    }

    @Test
    void anIdThatNoHeaderCanCarryIsAFaultThatDoesNotShowIt() {
        account("client\t4711", "s3cret");

        assertThat(faults.lines()).containsExactly("""
                DEEPVUE_CLIENT_ID holds a character that no header can carry, such as a line break, or one that is not \
                ASCII; it should be the client id of the account with Deepvue""");
    }

    @Test
    void theSecretIsNotShown() {
        assertThat(account("client-4711", "s3cret")).hasToString("Account[clientId=client-4711, clientSecret=***]");
    }

    @Test
    void theDigestIsTheSameForTheSameAccount() {
        assertThat(account("client-4711", "s3cret").digest())
                .isEqualTo(account("client-4711", "s3cret").digest());
    }

    @Test
    void theDigestIsSixteenHexadecimalDigits() {
        assertThat(account("client-4711", "s3cret").digest()).matches("[0-9a-f]{16}");
    }

    @Test
    void anotherIdOrAnotherSecretOrAnotherCutBetweenThemIsAnotherAccount() {
        assertThat(List.of(
                        account("client-4711", "s3cret").digest(),
                        account("client-4712", "s3cret").digest(),
                        account("client-4711", "s3cret2").digest(),
                        account("client-4711s", "3cret").digest(),
                        account("client-4711s3cret", "client-4711").digest()))
                .doesNotHaveDuplicates();
    }

    private Account account(String id, String secret) {
        return new Account(DeepvueKeys.GOOD.withAccount(id, secret), faults);
    }
}
