package io.rpaworker.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.validation.Valid;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class PayloadDecoderTests {

    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();
    private static final JsonMapper JSON =
            // With Blackbird, as Spring Boot makes the application's.
            JsonMapper.builder().findAndAddModules().build();

    private final PayloadDecoder<Survey> decoder =
            new PayloadDecoder<>(JSON, VALIDATOR, JSON.constructType(Survey.class));

    record Survey(
            @Nullable @NotBlank String id,
            @Max(10) int pages,
            @Nullable List<@Valid Answer> answers) {

        Survey {
            if (pages == -1) {
                throw new IllegalArgumentException("no pages at all");
            }
        }
    }

    record Answer(@Min(1) int value) {}

    @Test
    void decodesWhatItKnowsAndPassesOverTheRest() {
        assertThat(decoder.decode("{\"id\": \"s\", \"pages\": 3, \"answers\": [{\"value\": 1}], \"new\": {\"x\": []}}"))
                .isEqualTo(new Survey("s", 3, List.of(new Answer(1))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null                    | Payload does not decode: it is null",
                "[1]                     | Payload does not decode: Cannot deserialize value of type",
                "\"text\"                  | Payload does not decode: Cannot construct instance of",
                "{\"pages\": \"many\"}       | Payload does not decode at pages: Cannot deserialize value of type",
                "{\"pages\": 99999999999} | Payload does not decode at pages: Numeric value",
                "{\"id\": \"s\"}            | Payload does not decode at pages: Cannot map",
                "{\"pages\":              | Payload does not decode",
                "{\"pages\": -1}          | no pages at all",
                "{\"id\": \"s\", \"pages\": 11} | Payload is not valid: pages must be less than or equal to 10",
                "{\"id\": \" \", \"pages\": 1}  | Payload is not valid: id must not be blank",
                "{\"pages\": 11}          | Payload is not valid: id must not be blank, pages must be less than or equal"
            })
    void saysWhatIsWrong(String payload, String message) {
        assertThatExceptionOfType(InvalidPayloadException.class)
                .isThrownBy(() -> decoder.decode(payload))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0     | Payload is not valid: answers[1].value must be greater than or equal to 1",
                "\"x\" | Payload does not decode at answers[1].value: Cannot deserialize"
            })
    void namesThePlaceInsideALargerPayload(String value, String message) {
        assertThatExceptionOfType(InvalidPayloadException.class)
                .isThrownBy(() -> decoder.decode(
                        "{\"id\": \"s\", \"pages\": 1, \"answers\": [{\"value\": 1}, {\"value\": " + value + "}]}"))
                .withMessageStartingWith(message);
    }

    @Test
    void refusesWhatIsTooDeepToBeRead() {
        String deep = "[".repeat(5_000) + "]".repeat(5_000);

        assertThatExceptionOfType(InvalidPayloadException.class)
                .isThrownBy(() -> decoder.decode("{\"id\": \"s\", \"pages\": 1, \"answers\": " + deep + "}"))
                .withMessageStartingWith("Payload does not decode");
    }
}
