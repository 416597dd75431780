package io.rpaworker.local;

import org.springframework.core.env.Environment;

/** Where to look, once the surveys are done. */
final class LastWords {

    private LastWords() {}

    static String of(Environment environment) {
        String management = "http://localhost:" + environment.getRequiredProperty("local.management.port");
        return """

                results    table survey_result, for instance: select * from survey_result order by grade limit 5
                psql       %s
                health     %s/actuator/health
                metrics    %s/actuator/prometheus
                queue      %s/actuator/queue

                A handler of yours: its jar into handlers/, its tables into handlers/*.sql, and start again with
                    mvn spring-boot:test-run -Dspring-boot.run.arguments=--rpa.flows.YOUR_FLOW.enabled=true

                The worker stays up and takes what is added to processing_queue. Ctrl-C stops it.
                """.formatted(
                        psql(
                                environment.getRequiredProperty("spring.datasource.url"),
                                environment.getProperty("spring.datasource.username", "")),
                        management,
                        management,
                        management);
    }

    /** The same place as psql takes it. Without the parameters, which are JDBC's own and may hold a password. */
    static String psql(String url, String user) {
        String place = url.replaceFirst("\\?.*", "");
        if (!place.startsWith("jdbc:postgresql://")) {
            return "to the database that spring.datasource.url names";
        }
        return "psql " + place.replaceFirst("jdbc:postgresql://", "postgresql://" + (user.isEmpty() ? "" : user + "@"));
    }
}
