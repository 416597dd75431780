package io.rpaworker.local;

import java.util.Locale;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.util.StringUtils;

/**
 * What the environment says about a local run, {@code RPA_LOCAL_SURVEYS} or {@code --rpa.local.surveys} and so on.
 *
 * @param surveys CSV with what goes into SurveyHub's table of this name
 * @param responses likewise
 * @param exitWhenDone whether to end when the last record is done, instead of staying up
 */
@ConfigurationProperties("rpa.local")
record LocalSettings(CsvFile surveys, CsvFile responses, boolean exitWhenDone) {

    static LocalSettings of(Environment environment) {
        boolean own = isSet(environment, "rpa.local.surveys");
        if (own != isSet(environment, "rpa.local.responses")) {
            throw new LocalRunException(
                    "Only one of RPA_LOCAL_SURVEYS and RPA_LOCAL_RESPONSES is set.",
                    "Set both, for surveys and responses belong together; or none, for the sample.");
        }
        return new LocalSettings(
                csv(environment, "rpa.local.surveys", "local/surveys.csv"),
                csv(environment, "rpa.local.responses", "local/responses.csv"),
                exitWhenDone(environment));
    }

    private static CsvFile csv(Environment environment, String property, String sample) {
        String path = environment.getProperty(property);
        Resource file = StringUtils.hasText(path) ? new FileSystemResource(path) : new ClassPathResource(sample);
        String variable = property.toUpperCase(Locale.ROOT).replace('.', '_');
        return new CsvFile(file, variable);
    }

    private static boolean exitWhenDone(Environment environment) {
        return switch (environment.getProperty("rpa.local.exit-when-done", "false")) {
            case "true" -> true;
            case "false", "" -> false;
            default ->
                throw new LocalRunException(
                        "RPA_LOCAL_EXIT_WHEN_DONE is neither true nor false.",
                        "Set it to true, or leave it out to keep the worker up.");
        };
    }

    private static boolean isSet(Environment environment, String property) {
        return StringUtils.hasText(environment.getProperty(property));
    }
}
