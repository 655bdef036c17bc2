package dev.polyak.frameworks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls whose arguments are methods are the calls as Python has them. */
class TypedCallTest {
    private static final TrainingFacts FACTS = TrainingFacts.UNKNOWN.stepsPerEpoch(4);

    /** What has no bearing on the numbers, or no rule can follow, is no method. */
    private static final Set<String> NO_METHODS = Set.of(
            "model",
            "device",
            "resume",
            "foreach",
            "parameters",
            "model_cls",
            "model_config",
            "max_value",
            "min_value",
            "ema_model",
            "include_online_model",
            "allow_different_devices",
            "use_foreach",
            "update_model_with_ema_every",
            "update_model_with_ema_beta",
            "forward_method_names",
            "move_ema_to_online_device",
            "coerce_dtype",
            "lazy_init_ema");

    static Stream<Arguments> calls() {
        return Stream.of(
                same(Timm.modelEma().decay(0.75), "timm.ModelEma(decay=0.75)"),
                same(Timm.modelEmaV2().decay(0.75), "ModelEmaV2(model, decay=0.75)"),
                same(
                        Timm.modelEmaV3()
                                .decay(0.9)
                                .minDecay(0.25)
                                .updateAfterStep(3)
                                .useWarmup(true)
                                .warmupGamma(2)
                                .warmupPower(0.5)
                                .excludeBuffers(true),
                        "ModelEmaV3(model, 0.9, 0.25, 3, True, 2, 0.5, exclude_buffers=True)"),
                same(Torch.averagedModel(), "AveragedModel(model)"),
                same(
                        Torch.averagedModel().avgFn(Torch.getEmaAvgFn(0.9)).useBuffers(true),
                        "AveragedModel(model, avg_fn=get_ema_avg_fn(0.9), use_buffers=True)"),
                same(
                        Torch.averagedModel().multiAvgFn(Torch.getEmaMultiAvgFn(0.9)),
                        "AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9))"),
                same(
                        Torch.averagedModel().multiAvgFn(Torch.getSwaMultiAvgFn()),
                        "AveragedModel(model, multi_avg_fn=get_swa_multi_avg_fn())"),
                same(
                        Torch.averagedModel().avgFn(Torch.getSwaAvgFn()).useBuffers(false),
                        "AveragedModel(model, avg_fn=get_swa_avg_fn(), use_buffers=False)"),
                same(
                        Diffusers.emaModel()
                                .decay(0.9)
                                .minDecay(0.1)
                                .updateAfterStep(2)
                                .useEmaWarmup(true)
                                .invGamma(2)
                                .power(0.75)
                                .foreach(true),
                        "EMAModel(unet.parameters(), 0.9, 0.1, 2, True, 2, 0.75, True)"),
                same(
                        Lightning.emaWeightAveraging()
                                .decay(0.9)
                                .updateEveryNSteps(2)
                                .updateStartingAtStep(3)
                                .useBuffers(false),
                        "EMAWeightAveraging(use_buffers=False, decay=0.9, update_every_n_steps=2,"
                                + " update_starting_at_step=3)"),
                same(
                        Lightning.emaWeightAveraging().updateEveryNSteps(0).updateStartingAtEpoch(1),
                        "EMAWeightAveraging(update_every_n_steps=0, update_starting_at_epoch=1)"),
                same(
                        Lightning.weightAveraging()
                                .avgFn(Torch.getEmaAvgFn(0.9))
                                .useBuffers(false),
                        "WeightAveraging(use_buffers=False, avg_fn=get_ema_avg_fn(0.9))"),
                same(
                        Lightning.weightAveraging()
                                .multiAvgFn(Torch.getSwaMultiAvgFn())
                                .useBuffers(false),
                        "WeightAveraging(use_buffers=False, multi_avg_fn=get_swa_multi_avg_fn())"),
                same(
                        EmaPytorch.ema()
                                .beta(0.99)
                                .updateAfterStep(10)
                                .updateEvery(2)
                                .invGamma(2)
                                .power(0.75)
                                .minValue(0.1)
                                .paramOrBufferNamesNoEma(List.of("a", "b"))
                                .ignoreNames(Set.of("it's"))
                                .ignoreStartswithNames(List.of("head.", "c\\d")),
                        "ema_pytorch.EMA(model, beta=0.99, update_after_step=10, update_every=2, inv_gamma=2, power=0.75,"
                                + " min_value=0.1, param_or_buffer_names_no_ema={'a', 'b'}, ignore_names={\"it's\"},"
                                + " ignore_startswith_names={'head.', 'c\\\\d'})"),
                same(
                        EmaPytorch.karrasEma().sigmaRel(0.05).updateEvery(1).frozen(true),
                        "KarrasEMA(model, sigma_rel=0.05, update_every=1, frozen=True)"),
                same(
                        EmaPytorch.karrasEma()
                                .gamma(6.5)
                                .ignoreNames(List.of("x"))
                                .ignoreStartswithNames(List.of())
                                .paramOrBufferNamesNoEma(List.of()),
                        "KarrasEMA(model, gamma=6.5, ignore_names=['x'])"));
    }

    private static Arguments same(TypedCall<?> typed, String text) {
        return Arguments.of(typed.in(FACTS), text);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void areTheCallsOfATrainingScript(TypedCall<?> typed, String text) {
        FrameworkRule rule = typed.build().rule();
        assertThat(rule.rule()).isEqualTo(Rules.parse(text, FACTS).rule().rule());
        assertThat(Rules.parse(rule.text(), FACTS).rule()).as("read again").isEqualTo(rule);
        assertThat(typed).hasToString(rule.text());
    }

    /** The methods are the arguments' names in Java's spelling, and every argument that matters has one. */
    @Test
    void haveAMethodForEveryArgumentOfTheFramework() throws Exception {
        for (Class<?> framework :
                List.of(Timm.class, Torch.class, Diffusers.class, Lightning.class, EmaPytorch.class)) {
            for (Method factory : framework.getMethods()) {
                if (Modifier.isStatic(factory.getModifiers())
                        && TypedCall.class.isAssignableFrom(factory.getReturnType())) {
                    TypedCall<?> call = (TypedCall<?>) factory.invoke(null);
                    Set<String> methods = methods(call);
                    Set<String> arguments = argumentsOf(call);
                    assertThat(arguments).as(call.toString()).containsAll(methods);
                    arguments.removeAll(methods);
                    assertThat(NO_METHODS).as(call.toString()).containsAll(arguments);
                }
            }
        }
    }

    private static Set<String> methods(TypedCall<?> call) throws Exception {
        Set<String> names = new TreeSet<>();
        for (Method method : call.getClass().getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && !method.isBridge()) {
                String name = method.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
                assertThat(method.invoke(call, some(method.getParameterTypes()[0])))
                        .asString()
                        .contains("(" + name + "=");
                names.add(name);
            }
        }
        return names;
    }

    private static Object some(Class<?> type) {
        if (type == double.class) {
            return 0.5;
        } else if (type == long.class) {
            return 3L;
        } else if (type == boolean.class) {
            return true;
        } else if (type == Collection.class) {
            return List.of("a");
        }
        return type == Torch.AvgFn.class ? Torch.getSwaAvgFn() : Torch.getSwaMultiAvgFn();
    }

    /** What the call says that it takes. */
    private static Set<String> argumentsOf(TypedCall<?> call) {
        String needed = call.toString().contains("KarrasEMA") ? "sigma_rel=0.1, " : "";
        String misspelt = call.toString().replace("()", "(" + needed + "misspelt=1)");
        List<String> messages = new ArrayList<>();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rules.parse(misspelt))
                .satisfies(e -> messages.add(e.getMessage()));
        String list = messages.get(0).replaceAll(".* its arguments are ", "");
        return new TreeSet<>(Arrays.asList(list.split(", ")));
    }
}
