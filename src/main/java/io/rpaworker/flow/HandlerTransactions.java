package io.rpaworker.flow;

import io.rpaworker.handler.WorkRecord;
import io.rpaworker.handlerjar.HandlerBean;
import io.rpaworker.settings.SettingsException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.util.ReflectionUtils;

/**
 * Refuses transactions of a handler's own around what the worker calls. Around {@code handle} its rows would be
 * committed without the record's completion, and a connection be held for as long as it takes; around {@code write}
 * another transaction than the worker's would.
 */
final class HandlerTransactions {

    private static final String HANDLE = "handle";
    private static final String WRITE = "write";
    private static final String JAKARTA = "jakarta.transaction.Transactional";
    private static final Set<String> JOINING =
            Set.of(Propagation.REQUIRED.name(), Propagation.SUPPORTS.name(), Propagation.MANDATORY.name());

    private HandlerTransactions() {}

    static void refuse(String flow, HandlerBean bean) {
        Class<?> type = AopUtils.getTargetClass(bean.handler());
        for (Method method : ReflectionUtils.getAllDeclaredMethods(type)) {
            boolean handle = method.getName().equals(HANDLE);
            if ((handle || method.getName().equals(WRITE)) && takesWork(method)) {
                refuse(flow, bean, handle, MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY));
                refuse(flow, bean, handle, MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY));
            }
        }
    }

    private static boolean takesWork(Method method) {
        return method.getParameterCount() == 1
                && (method.getParameterTypes()[0] == WorkRecord.class || method.getParameterTypes()[0] == List.class);
    }

    private static void refuse(String flow, HandlerBean bean, boolean handle, MergedAnnotations annotations) {
        if (handle && (annotations.isPresent(Transactional.class) || annotations.isPresent(JAKARTA))) {
            throw new SettingsException(
                    "handle of %s, flow '%s', is @Transactional: what it writes would be committed without the record"
                                    .formatted(bean.origin().text(), flow)
                            + " being completed, and be there twice after a crash",
                    "Remove the annotation from the method and from its class. What is to be written goes into write, which"
                            + " runs in the transaction that completes the records.");
        }
        MergedAnnotation<Transactional> own = annotations.get(Transactional.class);
        if (!handle
                && own.isPresent()
                && !JOINING.contains(
                        own.getEnum("propagation", Propagation.class).name())) {
            throw new SettingsException(
                    "write of %s, flow '%s', asks for a transaction that is not the worker's: propagation %s"
                            .formatted(bean.origin().text(), flow, own.getEnum("propagation", Propagation.class)),
                    "Remove @Transactional: write runs in the transaction that completes the records.");
        }
    }
}
