package io.rpaworker.surveyhub;

import com.zaxxer.hikari.HikariDataSource;
import io.rpaworker.database.JdbcUrl;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Opens SurveyHub's pool if {@code rpa.survey-hub.url} is set. It is never the default data source. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SurveyHubProperties.class)
class SurveyHubConfiguration {

    private static final String NAME = "surveyHub";

    @Bean(defaultCandidate = false)
    @Qualifier(NAME)
    @ConditionalOnProperty("rpa.survey-hub.url")
    HikariDataSource surveyHubDataSource(SurveyHubProperties properties) {
        String url = Objects.requireNonNull(properties.url());
        JdbcUrl.checkSurveyHub("rpa.survey-hub.url", url);
        var pool = new HikariDataSource();
        pool.setPoolName(NAME);
        pool.setJdbcUrl(url);
        pool.setUsername(properties.username());
        pool.setPassword(properties.password());
        pool.setMaximumPoolSize(properties.maximumPoolSize());
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(properties.connectionTimeout().toMillis());
        pool.setInitializationFailTimeout(-1);
        pool.setReadOnly(true);
        if (url.startsWith("jdbc:sqlserver:")) {
            boundSqlServer(pool, properties);
        }
        return pool;
    }

    @Bean
    @ConditionalOnProperty("rpa.survey-hub.url")
    SurveyHub surveyHub(@Qualifier(NAME) DataSource surveyHub, SurveyHubProperties properties) {
        return new SurveyHub(surveyHub, properties.maximumPoolSize(), properties.queryTimeout());
    }

    // The driver's own defaults wait for ever: for the handshake's answer, for a row, for a cancelled query.
    private static void boundSqlServer(HikariDataSource pool, SurveyHubProperties properties) {
        long query = properties.queryTimeout().toSeconds();
        pool.addDataSourceProperty(
                "loginTimeout", Long.toString(properties.connectionTimeout().toSeconds()));
        pool.addDataSourceProperty("queryTimeout", Long.toString(query));
        pool.addDataSourceProperty("cancelQueryTimeout", "5");
        pool.addDataSourceProperty("socketTimeout", Long.toString((query + 15) * 1000));
        pool.addDataSourceProperty("applicationIntent", "ReadOnly");
        pool.addDataSourceProperty("applicationName", "rpa-worker");
    }
}
