package io.rpaworker.ops.cli;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.LifecycleProcessor;
import org.springframework.context.support.AbstractApplicationContext;

/** Starts none of a context's beans, and so makes none for that. */
final class Unstarted implements LifecycleProcessor {

    private Unstarted() {}

    /** Before the context is refreshed. */
    static void in(ConfigurableApplicationContext context) {
        context.getBeanFactory()
                .registerSingleton(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME, new Unstarted());
    }

    @Override
    public void onRefresh() {}

    @Override
    public void onClose() {}

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public boolean isRunning() {
        return false;
    }
}
