package io.rpaworker.flow;

import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.handlerjar.HandlerBean;
import io.rpaworker.settings.SettingsException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
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
 * another transaction than the worker's would. Nor may an annotation have {@code write} run elsewhere or more than once
 * in the worker's transaction.
 */
final class HandlerTransactions {

    private static final String HANDLE = "handle";
    private static final String WRITE = "write";
    private static final String JAKARTA = "jakarta.transaction.Transactional";
    private static final Set<String> JOINING =
            Set.of(Propagation.REQUIRED.name(), Propagation.SUPPORTS.name(), Propagation.MANDATORY.name());
    private static final Set<String> WORKERS = Set.of("", "transactionManager");

    private static final String ASYNC = "org.springframework.scheduling.annotation.Async";
    private static final Set<String> RETRYABLE = Set.of(
            "org.springframework.resilience.annotation.Retryable", "org.springframework.retry.annotation.Retryable");

    private HandlerTransactions() {}

    static void refuse(String flow, HandlerBean bean) {
        Class<?> type = AopUtils.getTargetClass(bean.handler());
        for (Method method : ReflectionUtils.getAllDeclaredMethods(type)) {
            boolean handle = method.getName().equals(HANDLE);
            if ((handle || method.getName().equals(WRITE)) && takesWork(method)) {
                Stream.of(method, type).forEach(it -> {
                    var annotations = MergedAnnotations.from(it, SearchStrategy.TYPE_HIERARCHY);
                    refuse(flow, bean, handle, annotations);
                    refuseDetours(flow, bean, handle, annotations);
                });
            }
        }
    }

    private static boolean takesWork(Method method) {
        return method.getParameterCount() == 1
                && method.getDeclaringClass() != FlowHandler.class
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
        if (handle || !own.isPresent()) {
            return;
        }
        Propagation propagation = own.getEnum("propagation", Propagation.class);
        String manager = own.getString("transactionManager");
        if (!JOINING.contains(propagation.name()) || !WORKERS.contains(manager)) {
            throw new SettingsException(
                    "write of %s, flow '%s', asks for a transaction that is not the worker's: %s"
                            .formatted(
                                    bean.origin().text(),
                                    flow,
                                    WORKERS.contains(manager)
                                            ? "propagation " + propagation
                                            : "transaction manager " + manager),
                    "Remove @Transactional: write runs in the transaction that completes the records.");
        }
    }

    private static void refuseDetours(String flow, HandlerBean bean, boolean handle, MergedAnnotations annotations) {
        if (annotations.isPresent(ASYNC)) {
            throw new SettingsException(
                    "%s of %s, flow '%s', is @Async: it would run on another thread than the one whose transaction"
                                    .formatted(
                                            handle ? HANDLE : WRITE,
                                            bean.origin().text(),
                                            flow)
                            + " completes the records, and nobody would wait for it",
                    "Remove the annotation from the method and from its class: the worker has the threads, as many as the"
                            + " flow's concurrency.");
        }
        if (!handle && RETRYABLE.stream().anyMatch(annotations::isPresent)) {
            throw new SettingsException(
                    "write of %s, flow '%s', is @Retryable: what the first try has written would be there twice"
                            .formatted(bean.origin().text(), flow),
                    "Remove the annotation from write, or move it from the class to handle: the worker undoes a write that"
                            + " throws, and tries again itself.");
        }
    }
}
