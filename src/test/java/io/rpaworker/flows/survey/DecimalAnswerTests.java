package io.rpaworker.flows.survey;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalAnswerTests {

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "0,0",
                "42,42",
                "-3,-3",
                "+7,7",
                "3.50,3.50",
                ".5,0.5",
                "5.,5",
                "-0.25,-0.25",
                "007,7",
                "  12\t,12",
                "99999999999999999999999999999999999999,99999999999999999999999999999999999999",
                "-0.9999999999999999999999999999999999999,-0.9999999999999999999999999999999999999"
            })
    void plainDecimalsAreNumbers(String answer, BigDecimal number) {
        assertThat(DecimalAnswer.parse(answer)).isEqualByComparingTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "-",
                "+-3",
                "--3",
                "NaN",
                "Infinity",
                "0x1F",
                "1e3",
                "1E-2",
                "1e999999999",
                "1,5",
                "1,000",
                "1 000",
                "1_000",
                "1.2.3",
                "3 %",
                "12 yrs",
                "60+",
                "5d",
                "٣",
                "999999999999999999999999999999999999999",
                "0.99999999999999999999999999999999999999"
            })
    void anythingElseIsText(String answer) {
        assertThat(DecimalAnswer.parse(answer)).isNull();
    }

    @Test
    void lengthDoesNotCostTime() {
        assertThat(DecimalAnswer.parse("9".repeat(10_000_000))).isNull();
    }
}
