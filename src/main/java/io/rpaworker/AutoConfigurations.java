package io.rpaworker;

import java.io.IOException;
import org.springframework.boot.autoconfigure.AutoConfigurationExcludeFilter;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.core.type.filter.TypeFilter;

/**
 * Auto-configurations and what is nested in them. A library beside a handler brings some; found by a scanner they would
 * be ordinary configuration, that comes before what the worker itself has and cannot make way for it.
 */
final class AutoConfigurations implements TypeFilter {

    private final AutoConfigurationExcludeFilter outermost = new AutoConfigurationExcludeFilter();

    AutoConfigurations(ClassLoader classLoader) {
        outermost.setBeanClassLoader(classLoader);
    }

    @Override
    public boolean match(MetadataReader reader, MetadataReaderFactory readers) throws IOException {
        String name = reader.getClassMetadata().getClassName();
        int nested = name.indexOf('$');
        return outermost.match(nested < 0 ? reader : readers.getMetadataReader(name.substring(0, nested)), readers);
    }
}
