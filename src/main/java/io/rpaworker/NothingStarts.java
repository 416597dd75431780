package io.rpaworker;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;

/** Makes every bean of the application, so that flows and settings are checked, and starts none of them. */
final class NothingStarts extends DefaultLifecycleProcessor {

    private NothingStarts() {}

    static void in(ConfigurableApplicationContext context) {
        var nothing = new NothingStarts();
        nothing.setBeanFactory(context.getBeanFactory());
        context.getBeanFactory().registerSingleton(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME, nothing);
    }

    @Override
    public void onRefresh() {}
}
