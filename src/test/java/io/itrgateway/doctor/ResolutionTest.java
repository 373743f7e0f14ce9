package io.itrgateway.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResolutionTest {

    @Test
    void aHostWithoutAnAddressIsAFailure() {
        var finding = Resolution.judged("upstream.invalid", List.of());

        assertThat(finding.verdict()).isEqualTo(CheckStatus.FAILED);
        assertThat(finding.detail())
                .contains("upstream.invalid")
                .contains("DEEPVUE_BASE_URL")
                .contains("HTTPS_PROXY");
    }

    @Test
    void everyAddressIsReported() {
        var finding = Resolution.judged("upstream.example", List.of("192.0.2.1", "2001:db8::1"));

        assertThat(finding.verdict()).isEqualTo(CheckStatus.OK);
        assertThat(finding.detail()).isEqualTo("upstream.example is 192.0.2.1, 2001:db8::1");
    }

    @Test
    void anAddressNeedsNoName() {
        assertThat(Resolution.resolve("[::1]").verdict()).isEqualTo(CheckStatus.OK);
    }
}
