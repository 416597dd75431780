package io.rpaworker.handlerjar;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Finds classes that a handler's own code refers to and nobody has. Java itself looks for one only where it is used: a
 * library that is missing would be found out by a record. Looks at the packages that have beans or handlers; what else
 * a fat jar has may well do without some of what it knows.
 */
final class MissingClasses {

    private final HandlerJarFile jar;
    private final ClassLoader classLoader;
    private final Set<String> known = new HashSet<>();

    MissingClasses(HandlerJarFile jar, ClassLoader classLoader) {
        this.jar = jar;
        this.classLoader = classLoader;
    }

    /** The first of them as the error that using it would be; empty if there is none. */
    Optional<NoClassDefFoundError> first(JarScan scan) {
        Set<String> packages = Stream.concat(scan.components().stream(), scan.handlers().stream())
                .map(name -> name.substring(0, name.lastIndexOf('.') + 1).replace('.', '/'))
                .collect(Collectors.toSet());
        return jar.classes().stream()
                .filter(file -> packages.contains(file.substring(0, file.lastIndexOf('/') + 1)))
                .flatMap(file -> referred(file).filter(this::isMissing).map(name -> error(name, file)))
                .findFirst();
    }

    private static NoClassDefFoundError error(String missing, String file) {
        var error = new NoClassDefFoundError(missing);
        var place = new StackTraceElement(HandlerJarFile.className(file), "*", null, -1);
        error.setStackTrace(new StackTraceElement[] {place});
        return error;
    }

    private Stream<String> referred(String file) {
        try (InputStream content = Objects.requireNonNull(classLoader.getResourceAsStream(file))) {
            var pool = ClassFile.of().parse(content.readAllBytes()).constantPool();
            return StreamSupport.stream(pool.spliterator(), false)
                    .filter(ClassEntry.class::isInstance)
                    .map(it -> elementOf(((ClassEntry) it).asInternalName()))
                    .filter(it -> !it.isEmpty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // An array's class is there if that of its elements is, and what is primitive always is.
    private static String elementOf(String name) {
        if (!name.startsWith("[")) {
            return name;
        }
        String element = name.replaceFirst("^\\[+", "");
        return element.startsWith("L") ? element.substring(1, element.length() - 1) : "";
    }

    private boolean isMissing(String name) {
        return known.add(name) && classLoader.getResource(name + ".class") == null;
    }
}
