package io.rpaworker;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.handler.RecordIntake;
import io.rpaworker.handlerjar.WorkerBeans;
import io.rpaworker.surveyhub.SurveyHub;
import jakarta.validation.Validator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** What docs/handlers.md promises to authors. */
@Component
class PromisedBeans implements WorkerBeans {

    private static final List<Class<?>> TYPES = List.of(
            JdbcClient.class,
            JdbcTemplate.class,
            NamedParameterJdbcTemplate.class,
            PlatformTransactionManager.class,
            TransactionTemplate.class,
            RecordIntake.class,
            MeterRegistry.class,
            JsonMapper.class,
            Validator.class);

    private final ListableBeanFactory beans;

    PromisedBeans(ListableBeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public Map<String, Object> byName() {
        var promised = new LinkedHashMap<String, Object>();
        // Whoever takes a connection from it in write has that of the transaction which completes the records.
        promised.put("dataSource", new TransactionAwareDataSourceProxy(beans.getBean("dataSource", DataSource.class)));
        TYPES.forEach(type -> {
            var named = beans.getBeanProvider(type);
            promised.put(name(type), named.getObject());
        });
        beans.getBeanProvider(SurveyHub.class).ifAvailable(it -> promised.put("surveyHub", it));
        return promised;
    }

    // As Spring Boot names them.
    private static String name(Class<?> type) {
        return switch (type.getSimpleName()) {
            case "PlatformTransactionManager" -> "transactionManager";
            case "JsonMapper" -> "jacksonJsonMapper";
            case String simple -> Character.toLowerCase(simple.charAt(0)) + simple.substring(1);
        };
    }
}
