package io.rpaworker.handlerjar;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/**
 * The worker's beans as one jar sees them: they are what is injected by type alone, whatever a jar has of its own, and
 * they are no jar's to start or to close.
 */
final class OfferedBeans extends DefaultListableBeanFactory {

    private static final long serialVersionUID = 1L;

    OfferedBeans(WorkerBeans beans) {
        beans.byName().forEach(this::registerSingleton);
    }

    @Override
    protected boolean isPrimary(String name, Object bean) {
        return true;
    }
}
