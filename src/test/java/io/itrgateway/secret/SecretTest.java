package io.itrgateway.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SecretTest {

    private static final String PASSWORD = "correct horse 7#";

    private final Secret secret = Secret.of(PASSWORD);

    private record Login(String portal, Secret password) {}

    @Test
    void theTextItselfIsThereForThoseWhoAskForItByName() {
        assertThat(secret.reveal()).isEqualTo(PASSWORD);
    }

    @Test
    void itsOwnTextFormIsThreeStars() {
        assertThat(secret.toString()).isEqualTo("***");
    }

    @Test
    void aFormatShowsThreeStars() {
        assertThat("%s, %S, %-5s.".formatted(secret, secret, secret)).isEqualTo("***, ***, ***  .");
    }

    @Test
    void textThatIsJoinedToItShowsThreeStars() {
        assertThat("password " + secret + " was refused").isEqualTo("password *** was refused");
    }

    @Test
    void aRecordThatHoldsItDoesNotShowIt() {
        assertThat(new Login("itr", secret)).hasToString("Login[portal=itr, password=***]");
    }

    @Test
    void aCollectionThatHoldsItDoesNotShowIt() {
        assertThat(List.of(Optional.of(secret), Map.of("password", secret)))
                .hasToString("[Optional[***], {password=***}]");
    }

    @Test
    void anExceptionThatNamesItDoesNotShowIt() {
        assertThat(new IllegalStateException("refused: " + secret))
                .hasToString("java.lang.IllegalStateException: refused: ***");
    }

    @Test
    void aJsonMapperRefusesToWriteIt() {
        assertThatThrownBy(() -> new ObjectMapper().writeValueAsString(secret))
                .isInstanceOf(JsonMappingException.class)
                .hasMessageNotContaining(PASSWORD);
    }

    @Test
    void aJsonMapperRefusesToWriteARecordThatHoldsIt() {
        assertThatThrownBy(() -> new ObjectMapper().writeValueAsString(new Login("itr", secret)))
                .isInstanceOf(JsonMappingException.class)
                .hasMessageNotContaining(PASSWORD);
    }

    @Test
    void javaSerializationRefusesToWriteIt() {
        assertThat(secret).isNotInstanceOf(Serializable.class);
    }

    @Test
    void theSameTextMakesTheSameSecret() {
        assertThat(secret).isEqualTo(Secret.of(PASSWORD)).hasSameHashCodeAs(Secret.of(PASSWORD));
    }

    @Test
    void anotherTextMakesAnotherSecret() {
        assertThat(List.of(
                        Secret.of("correct horse 8#"),
                        Secret.of("CORRECT HORSE 7#"),
                        Secret.of("correct horse 7"),
                        Secret.of("")))
                .doesNotContain(secret);
    }

    @Test
    void aSecretIsNotEqualToItsText() {
        assertThat(secret.equals((Object) PASSWORD)).isFalse();
    }

    @Test
    void everyOccurrenceInATextIsHidden() {
        assertThat(Secret.hide(List.of(secret), "\"" + PASSWORD + "\" is not the password; say it again: " + PASSWORD))
                .isEqualTo("\"***\" is not the password; say it again: ***");
    }

    @Test
    void aSecretWithTheSignsOfAPatternIsHiddenAsItStands() {
        assertThat(Secret.hide(List.of(Secret.of("a.*$1\\")), "no a.*$1\\ here, but abc$1"))
                .isEqualTo("no *** here, but abc$1");
    }

    @Test
    void aTextWithoutItIsUnchanged() {
        assertThat(Secret.hide(List.of(secret), "Invalid Pan pattern")).isEqualTo("Invalid Pan pattern");
    }

    @Test
    void aSecretOfFourCharactersIsHidden() {
        assertThat(Secret.hide(List.of(Secret.of("pass")), "a passport")).isEqualTo("a ***port");
    }

    @Test
    void aSecretTooShortToMeanAnythingLeavesTheTextReadable() {
        assertThat(Secret.hide(List.of(Secret.of("a"), Secret.of(""), Secret.of("pan")), "a pan"))
                .isEqualTo("a pan");
    }

    @Test
    void everySecretInATextIsHidden() {
        assertThat(Secret.hide(List.of(secret, Secret.of("ABCDE1234F")), "ABCDE1234F: " + PASSWORD))
                .isEqualTo("***: ***");
    }

    @Test
    void aSecretIsHiddenInCapitalsAndWithout() {
        assertThat(Secret.hide(List.of(Secret.of("abcDE1234f-ä")), "ABCDE1234F-Ä, abcde1234f-ä"))
                .isEqualTo("***, ***");
    }

    @Test
    void thereIsNoSecretOfNothing() {
        assertThatThrownBy(() -> Secret.of(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aLetterThatIsTheSameInCapitalsIsFoundAlsoOutsideOfAscii() {
        assertThat(Secret.hide(List.of(Secret.of("\u212Aelvin")), "in kelvin")).isEqualTo("in ***");
        assertThat(Secret.hide(List.of(Secret.of("kelvin")), "in \u212Aelvin")).isEqualTo("in ***");
    }

    @Test
    void halfACharacterIsNotAQuestionMark() {
        assertThat(Secret.of("pass\ud800word")).isNotEqualTo(Secret.of("pass?word"));
    }
}
