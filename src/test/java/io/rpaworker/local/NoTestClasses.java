package io.rpaworker.local;

import java.io.IOException;
import java.security.CodeSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/**
 * Keeps tests' own handlers and configurations out of the local run, which has them on its class path and scans the
 * packages they are in.
 */
final class NoTestClasses extends TypeExcludeFilter {

    private final String tests;

    NoTestClasses() {
        CodeSource source = LocalRun.class.getProtectionDomain().getCodeSource();
        this.tests = source.getLocation().toString();
    }

    @Override
    public boolean match(MetadataReader candidate, MetadataReaderFactory readers) throws IOException {
        return candidate.getResource().getURL().toString().startsWith(tests);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NoTestClasses;
    }

    @Override
    public int hashCode() {
        return NoTestClasses.class.hashCode();
    }
}
