package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.cuda.CudaDevice;
import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.frameworks.EmaPytorch;
import dev.polyak.frameworks.FrameworkAverages;
import dev.polyak.frameworks.Lightning;
import dev.polyak.frameworks.PostHoc;
import dev.polyak.frameworks.Rules;
import dev.polyak.frameworks.Torch;
import dev.polyak.frameworks.TrainingFacts;
import dev.polyak.frameworks.TypedCall;
import dev.polyak.offload.Offload;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ForwardingRule;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.rule.TreatmentOverrides;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.TrainingTime;
import dev.polyak.schedule.Warmup;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.NamePattern;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.NullContract;
import dev.polyak.testkit.StandIn;
import dev.polyak.train.AveragingHandler;
import dev.polyak.train.AveragingHandlerBuilder;
import dev.polyak.train.AveragingHandlers;
import dev.polyak.train.BatchNormNames;
import dev.polyak.train.HandlerState;
import dev.polyak.train.UpdateFilter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the public border does with null. */
class NullTest {
    private final ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 1));
    private final HostStore model = ParameterStore.allocate(layout);
    private final AverageRule rule = ScheduledRule.of(Schedules.decay(0.5));
    private final ParameterAverage average =
            ParameterAverage.builder(model).rule(rule).build();
    private final UpdateTicket ticket = average.update();

    @AfterEach
    void close() {
        average.close();
        model.close();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                ParameterStore.class,
                AverageRule.class,
                Schedule.class,
                FrameworkAverages.class,
                Offload.class,
                DType.class,
                AveragingHandler.class
            })
    void noNullPassesTheBorder(Class<?> oneOfThePackage) {
        try (AverageReading reading = average.reading();
                AveragingHandler handler = handler()) {
            NullContract contract = contract()
                    .sample(AverageReading.class, reading)
                    .sample(AveragingHandler.class, handler)
                    .sample(HandlerState.class, handler.checkpointSaving());
            assertThat(contract.violations(oneOfThePackage)).isEmpty();
        }
    }

    @Test
    void noNullPassesTheBorderOfCuda() {
        StandIn.require();
        try (CudaStream stream = CudaStream.create(0);
                CudaEvent event = CudaEvent.create(0)) {
            assertThat(contract()
                            .sample(CudaStream.class, stream)
                            .sample(CudaEvent.class, event)
                            .violations(CudaDevice.class))
                    .isEmpty();
        }
    }

    private AveragingHandler handler() {
        return AveragingHandler.builder(model, rule).build();
    }

    /** An object of every type that is asked for and cannot be made up. */
    private NullContract contract() {
        return new NullContract()
                .sample(ParameterStore.class, model)
                .sample(HostStore.class, model)
                .sample(ParameterAverage.class, average)
                .sample(ParameterLayout.class, layout)
                .sample(AverageBuilder.class, ParameterAverage.builder(model))
                .sample(ParameterFold.Builder.class, ParameterFold.builder(List.of(model), rule))
                .sample(
                        ParameterFold.class,
                        ParameterFold.builder(List.of(model), rule).build())
                .sample(WrappedStoreBuilder.class, ParameterStore.wrap())
                .sample(WrappedDeviceStoreBuilder.class, ParameterStore.wrap(Device.cpu()))
                .sample(UpdateTicket.class, ticket)
                .sample(Device.class, Device.cpu())
                .sample(AverageCounters.class, average.counters())
                .sample(MemorySegment.class, MemorySegment.ofArray(new byte[4]))
                .sample(ByteBuffer.class, ByteBuffer.allocate(4))
                .sample(TensorSpec.class, layout.tensor(0))
                .sample(ParameterLayout.Builder.class, ParameterLayout.builder())
                .sample(NamePattern.class, new NamePattern("*"))
                .sample(Schedule.class, Schedules.decay(0.5))
                .sample(Warmup.class, Warmup.inverseGamma(1, 0.75))
                .sample(TrainingTime.class, TrainingTime.parse("1ep"))
                .sample(AverageRule.class, rule)
                .sample(ScheduledRule.class, ScheduledRule.of(Schedules.decay(0.5)))
                .sample(TreatmentOverrides.class, TreatmentOverrides.of(rule))
                .sample(ForwardingRule.class, TreatmentOverrides.of(rule))
                .sample(TrainingFacts.class, TrainingFacts.UNKNOWN)
                .sample(Rules.Builder.class, Rules.timmV3())
                .sample(FrameworkAverages.class, Rules.timmV3().build())
                .sample(TypedCall.class, Torch.averagedModel())
                .sample(Torch.AveragedModel.class, Torch.averagedModel())
                .sample(Torch.AvgFn.class, Torch.getSwaAvgFn())
                .sample(Torch.MultiAvgFn.class, Torch.getSwaMultiAvgFn())
                .sample(EmaPytorch.Ema.class, EmaPytorch.ema())
                .sample(EmaPytorch.KarrasEma.class, EmaPytorch.karrasEma())
                .sample(Lightning.WeightAveraging.class, Lightning.weightAveraging())
                .sample(PostHoc.Snapshot.class, new PostHoc.Snapshot(1, 5))
                .sample(Offload.class, Offload.GATED)
                .sample(AveragingHandlerBuilder.class, AveragingHandler.builder(model, rule))
                .sample(AveragingHandlers.class, new AveragingHandlers())
                .sample(BatchNormNames.class, BatchNormNames.PYTORCH)
                .sample(UpdateFilter.class, UpdateFilter.every(1));
    }
}
