package io.rpaworker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A record of settings that Spring binds and checks as at the start of the worker, with nothing else of it. */
public final class BoundSettings<T> {

    private final Class<T> type;
    private final ApplicationContextRunner context;

    /** {@code binding} is a configuration that enables this type of settings. */
    public BoundSettings(Class<T> type, Class<?> binding) {
        this.type = type;
        this.context = new ApplicationContextRunner().withUserConfiguration(binding);
    }

    /** Looks at the record that is bound from settings such as {@code rpa.worker.lease=30s}. */
    public void whenBound(Consumer<T> look, String... settings) {
        context.withPropertyValues(settings).run(it -> look.accept(it.getBean(type)));
    }

    /** Nothing is bound from this setting, and what is thrown says which one is wrong and what is allowed. */
    public void assertRefused(String setting, String name, String bound) {
        context.withPropertyValues(setting)
                .run(it -> assertThat(it)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining(name)
                        .hasMessageContaining(bound));
    }
}
