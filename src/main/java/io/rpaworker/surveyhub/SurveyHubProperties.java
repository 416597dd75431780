package io.rpaworker.surveyhub;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How SurveyHub is reached. Without a URL there is no SurveyHub, and flows that read it cannot be enabled.
 *
 * @param url JDBC URL, {@code jdbc:sqlserver://host:1433;databaseName=SurveyHub}
 * @param username the login; it needs to read, nothing else
 * @param password the login's password; give it as a file or from the environment, never in YAML
 * @param maximumPoolSize most connections of one replica; queries wait for all of them but one, which asks whether
 *     SurveyHub answers
 * @param connectionTimeout how long to wait for a connection, and for SurveyHub to accept a login
 * @param queryTimeout how long a query may take; the socket gives up a little later
 */
@Validated
@ConfigurationProperties("rpa.survey-hub")
record SurveyHubProperties(
        @Nullable String url,
        @Nullable String username,
        @Nullable String password,
        @DefaultValue("8") @Min(1) @Max(200) int maximumPoolSize,

        @DefaultValue("10s") @DurationMin(seconds = 1) @DurationMax(seconds = 60)
        Duration connectionTimeout,

        @DefaultValue("45s") @DurationMin(seconds = 1) @DurationMax(hours = 1)
        Duration queryTimeout) {

    @Override
    public String toString() {
        return "SurveyHubProperties[url=" + url + ", username=" + username + "]";
    }
}
