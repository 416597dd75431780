package io.rpaworker.handlerjar;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/**
 * The beans of one jar, above those of the worker. Where both have one of a type, a jar's own is meant by its name, by
 * a qualifier or by {@code @Primary}; otherwise it is the worker's, so that an ordinary {@code JdbcClient} is always
 * rpa_db's. What has no name, because the class was compiled without {@code -parameters}, could mean either.
 */
final class JarBeanFactory extends DefaultListableBeanFactory {

    private static final long serialVersionUID = 1L;

    JarBeanFactory(OfferedBeans offered) {
        super(offered);
        setAllowBeanDefinitionOverriding(false);
    }

    @Override
    protected @Nullable String determineAutowireCandidate(
            Map<String, Object> candidates, DependencyDescriptor descriptor) {
        String chosen = super.determineAutowireCandidate(candidates, descriptor);
        boolean anyOwn = candidates.keySet().stream().anyMatch(this::containsLocalBean);
        if (chosen == null || !anyOwn || containsLocalBean(chosen)) {
            return chosen;
        }
        // A name that says it has been looked at before.
        return descriptor.getDependencyName() == null ? null : chosen;
    }
}
