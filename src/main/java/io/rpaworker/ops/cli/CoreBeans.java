package io.rpaworker.ops.cli;

import com.zaxxer.hikari.HikariDataSource;
import io.rpaworker.condition.FlowCondition;
import io.rpaworker.database.RpaDbPools;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.FlowsProperties;
import io.rpaworker.queue.PayloadLimit;
import io.rpaworker.worker.FlowState;
import io.rpaworker.worker.FlowStates;
import io.rpaworker.worker.WorkerProperties;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the core needs of a process that is no worker. No configuration by annotation, so that the worker's own scan
 * passes it over; and none of Spring Boot's, whose conditions take a third of a command's time.
 */
@Import(RpaDbPools.class)
class CoreBeans {

    @Bean
    DataSourceProperties dataSourceProperties(Environment environment) {
        var properties = new DataSourceProperties();
        Binder.get(environment).bind("spring.datasource", Bindable.ofInstance(properties));
        return properties;
    }

    @Bean
    HikariDataSource dataSource(DataSourceProperties properties, Environment environment) {
        HikariDataSource pool = properties
                .initializeDataSourceBuilder()
                .type(HikariDataSource.class)
                .build();
        Binder.get(environment).bind("spring.datasource.hikari", Bindable.ofInstance(pool));
        return pool;
    }

    @Bean
    JdbcTemplate jdbcTemplate(DataSource dataSource) {
        return new JdbcTemplate(dataSource);
    }

    @Bean
    JdbcClient jdbcClient(JdbcTemplate jdbc) {
        return JdbcClient.create(jdbc);
    }

    @Bean
    TransactionTemplate transactionTemplate(DataSource dataSource) {
        return new TransactionTemplate(new JdbcTransactionManager(dataSource));
    }

    @Bean
    JsonMapper json() {
        return JsonMapper.shared();
    }

    @Bean
    FlowRegistry flowRegistry(Environment environment) {
        return FlowRegistry.withoutHandlers(CoreParts.settings(environment, FlowsProperties.class));
    }

    @Bean
    FlowStates flowStates() {
        return new FlowStates() {
            @Override
            public List<FlowState> flows() {
                return List.of();
            }

            @Override
            public List<FlowCondition> conditions() {
                return List.of();
            }
        };
    }

    @Bean
    PayloadLimit payloadLimit(Environment environment) {
        var settings = CoreParts.settings(environment, WorkerProperties.class);
        return new PayloadLimit(settings.maxPayloadBytes().toBytes());
    }
}
