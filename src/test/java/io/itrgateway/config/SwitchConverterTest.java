package io.itrgateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SwitchConverterTest {

    private static boolean read(String value) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(Map.of("switch", value), "operator", 300))
                .build()
                .getValue("switch", boolean.class);
    }

    @ParameterizedTest
    @CsvSource({
        "true,true",
        "TRUE,true",
        "yes,true",
        "y,true",
        "on,true",
        "1,true",
        "' true\r',true",
        "false,false",
        "No,false",
        "n,false",
        "off,false",
        "0,false"
    })
    void aSwitchIsOnOrOff(String value, boolean isOn) {
        assertThat(read(value)).isEqualTo(isOn);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yess", "enabled", "2", "-1", "tru", "\"true\""})
    void anyOtherValueIsRefusedInsteadOfCountingAsFalse(String value) {
        assertThatThrownBy(() -> read(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(SwitchConverter.NEITHER);
    }
}
