package io.itrgateway.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.BYTE_ARRAY;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRingTest {

    private static final Secret MASTER = Secret.of("client-secret-1");
    private static final byte[] CONTENT = "{\"client_id\":\"C-1\"}".getBytes(UTF_8);

    private final KeyRing ring = new KeyRing(MASTER);
    private final KeyedDigest digest = ring.digest("payload");
    private final Seal seal = ring.seal("answer");

    // ---- the digest -------------------------------------------------------------------------------------------------

    @Test
    void partsThatJoinToTheSameTextDiffer() {
        assertThat(Set.of(
                        digest.of("ab", "c"),
                        digest.of("a", "bc"),
                        digest.of("abc"),
                        digest.of("abc", ""),
                        digest.of("", "abc"),
                        digest.of("a", "b", "c"),
                        digest.of()))
                .hasSize(7);
    }

    @Test
    void partsInAnotherOrderDiffer() {
        assertThat(digest.of("ABCDE1234F", "correct horse 7#"))
                .isNotEqualTo(digest.of("correct horse 7#", "ABCDE1234F"));
    }

    @Test
    void textsThatNoEncodingCanCarryDifferToo() {
        assertThat(Set.of(digest.of("\ud800"), digest.of("\ud801"), digest.of("?"), digest.of("\ufffd")))
                .hasSize(4);
    }

    @Test
    void anotherPurposeOrMasterGivesAnotherDigest() {
        assertThat(Set.of(
                        digest.of("ABCDE1234F"),
                        ring.digest("name").of("ABCDE1234F"),
                        new KeyRing(Secret.of("client-secret-2"))
                                .digest("payload")
                                .of("ABCDE1234F")))
                .hasSize(3);
    }

    @Test
    void anotherProcessWithTheSameMasterMakesTheSameDigest() {
        assertThat(new KeyRing(Secret.of("client-secret-1")).digest("payload").of(List.of(Secret.of("ABCDE1234F"))))
                .isEqualTo(digest.of("ABCDE1234F"))
                .matches("[A-Za-z0-9_-]{43}");
    }

    @Test
    void manyThreadsAtOnceGetTheRightDigest() {
        String right = digest.of("ABCDE1234F");

        assertThat(IntStream.range(0, 10_000).parallel().mapToObj(i -> digest.of("ABCDE1234F")))
                .containsOnly(right);
    }

    // ---- the seal ---------------------------------------------------------------------------------------------------

    @Test
    void whatIsClosedInPartsIsOpenedAsOne() {
        byte[] closed = seal.close(List.of(CONTENT, new byte[0], CONTENT, new byte[1]), "claim-1");

        assertThat(seal.open(closed, "claim-1"))
                .get(BYTE_ARRAY)
                .asString(UTF_8)
                .isEqualTo(new String(CONTENT, UTF_8).repeat(2) + '\0');
    }

    @Test
    void aByteChangedAnywhereIsNotOpened() {
        byte[] closed = seal.close(CONTENT, "claim-1");

        for (int at = 0; at < closed.length; at++) {
            byte[] changed = closed.clone();
            changed[at] ^= 1;
            assertThat(seal.open(changed, "claim-1")).as("byte " + at).isEmpty();
        }
    }

    @Test
    void whatIsCutAnywhereIsNotOpened() {
        byte[] closed = seal.close(CONTENT, "claim-1");

        for (int length = 0; length < closed.length; length++) {
            assertThat(seal.open(Arrays.copyOf(closed, length), "claim-1"))
                    .as("first %d bytes", length)
                    .isEmpty();
        }
    }

    @Test
    void whatHasMoreBehindItIsNotOpened() {
        byte[] closed = seal.close(CONTENT, "claim-1");

        assertThat(seal.open(Arrays.copyOf(closed, closed.length + 1), "claim-1"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"claim-2", "", "claim-", "claim-1 "})
    void whatBelongsElsewhereIsNotOpened(String elsewhere) {
        assertThat(seal.open(seal.close(CONTENT, "claim-1"), elsewhere)).isEmpty();
    }

    @Test
    void anotherKeyDoesNotOpenIt() {
        byte[] closed = seal.close(CONTENT, "claim-1");

        assertThat(ring.seal("token").open(closed, "claim-1")).isEmpty();
        assertThat(new KeyRing(Secret.of("client-secret-2")).seal("answer").open(closed, "claim-1"))
                .isEmpty();
    }

    @Test
    void anotherProcessWithTheSameMasterOpensIt() {
        byte[] closed = seal.close(CONTENT, "claim-1");

        assertThat(new KeyRing(Secret.of("client-secret-1")).seal("answer").open(closed, "claim-1"))
                .contains(CONTENT);
    }

    @Test
    void nothingAtAllCanBeSealedToo() {
        byte[] closed = seal.close(new byte[0], "");

        assertThat(closed).hasSize(Seal.EXTRA_BYTES);
        assertThat(seal.open(closed, "")).contains(new byte[0]);
    }

    @Test
    void theSameContentIsNeverClosedInTheSameWay() {
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            nonces.add(Arrays.toString(Arrays.copyOfRange(seal.close(CONTENT, "claim-1"), 1, 13)));
        }

        assertThat(nonces).hasSize(10_000);
    }

    @Test
    void manyThreadsAtOnceOpenWhatTheyClosed() {
        assertThat(IntStream.range(0, 10_000)
                        .parallel()
                        .allMatch(i -> seal.open(seal.close(new byte[] {(byte) i}, "claim-" + i), "claim-" + i)
                                .filter(content -> content[0] == (byte) i)
                                .isPresent()))
                .isTrue();
    }

    @Test
    void whatIsClosedDoesNotShowTheContent() {
        assertThat(new String(seal.close(CONTENT, "claim-1"), UTF_8)).doesNotContain("client_id", "claim-1");
    }

    // ---- all of them ------------------------------------------------------------------------------------------------

    @Test
    void noneOfThemShowsAnything() {
        assertThat(List.of(ring, digest, seal)).hasToString("[***, ***, ***]");
    }

    @Test
    void aJsonMapperRefusesToWriteThem() {
        for (Object each : List.of(ring, digest, seal)) {
            assertThatThrownBy(() -> new ObjectMapper().writeValueAsString(each))
                    .isInstanceOf(JsonMappingException.class)
                    .hasMessageNotContaining(MASTER.reveal());
        }
    }
}
