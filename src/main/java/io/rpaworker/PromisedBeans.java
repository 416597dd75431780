package io.rpaworker;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.handler.ChildRecords;
import io.rpaworker.handler.RecordIntake;
import io.rpaworker.handler.Runs;
import io.rpaworker.handlerjar.WorkerBeans;
import io.rpaworker.surveyhub.SurveyHub;
import jakarta.validation.Validator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** What docs/handlers.md promises to authors. */
@Component
class PromisedBeans implements WorkerBeans {

    private static final List<Class<?>> TYPES = List.of(
            PlatformTransactionManager.class,
            RecordIntake.class,
            ChildRecords.class,
            Runs.class,
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
        var dataSource = new PromisedDataSource(beans.getBean("dataSource", DataSource.class));
        promised.put("dataSource", dataSource);
        // Copies, of which a jar may set what it likes: with the worker's own, its completions would ask for as many
        // rows, and in such a transaction, as some handler does.
        var jdbc = new JdbcTemplate();
        BeanUtils.copyProperties(beans.getBean(JdbcTemplate.class), jdbc);
        jdbc.setDataSource(dataSource);
        var named = new NamedParameterJdbcTemplate(jdbc);
        promised.put("jdbcTemplate", jdbc);
        promised.put("namedParameterJdbcTemplate", named);
        promised.put("jdbcClient", JdbcClient.create(named));
        promised.put(
                "transactionTemplate",
                new TransactionTemplate(
                        beans.getBean(PlatformTransactionManager.class), beans.getBean(TransactionTemplate.class)));
        TYPES.forEach(type -> {
            var provider = beans.getBeanProvider(type);
            promised.put(name(type), provider.getObject());
        });
        // What is refused in the worker's settings, a duration without a unit, is refused in a handler's.
        promised.putAll(beans.getBeansOfType(ConfigurationPropertiesBindHandlerAdvisor.class));
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
