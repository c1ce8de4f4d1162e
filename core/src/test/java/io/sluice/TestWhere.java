package io.sluice;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.jupiter.params.ParameterInfo;

/**
 * A test of a parameterized class that applies to some of its arguments only. For the others there
 * is no test, rather than a skipped one: a skipped test could have run elsewhere.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(TestWhere.Provider.class)
public @interface TestWhere {
    /**
     * Returns the name of a static method of the class that takes the class's arguments and returns
     * whether the test applies to them.
     */
    String value();

    /** Provides one test, or none. */
    final class Provider implements TestTemplateInvocationContextProvider {
        @Override
        public boolean supportsTestTemplate(ExtensionContext context) {
            return true;
        }

        @Override
        public boolean mayReturnZeroTestTemplateInvocationContexts(ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
                ExtensionContext context) {
            return isMeant(context)
                    ? Stream.of(new OneInvocation(context.getDisplayName()))
                    : Stream.of();
        }

        private static boolean isMeant(ExtensionContext context) {
            String name = context.getRequiredTestMethod().getAnnotation(TestWhere.class).value();
            Object[] arguments = ParameterInfo.get(context).getArguments().toArray();
            List<Method> methods =
                    Arrays.stream(context.getRequiredTestClass().getDeclaredMethods())
                            .filter(m -> m.getName().equals(name))
                            .filter(m -> m.getParameterCount() == arguments.length)
                            .toList();
            if (methods.size() != 1) {
                throw new ExtensionConfigurationException(
                        context.getRequiredTestClass() + " has no one method " + name);
            }
            Method condition = methods.get(0);
            condition.setAccessible(true);
            try {
                return (boolean) condition.invoke(null, arguments);
            } catch (ReflectiveOperationException e) {
                throw new ExtensionConfigurationException(condition.toString(), e);
            }
        }
    }

    /** The one test. */
    record OneInvocation(String name) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return name;
        }
    }
}
