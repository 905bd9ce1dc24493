using Microsoft.Win32.SafeHandles;
using MizarLab.Harness.Capture;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Harness.Backends.Stimulus;

/// <summary>A crafted frame, sent by the lab at the endpoint's interface; its stack knows nothing of it.</summary>
internal static class FrameInjection
{
    public static StepOutcome Run(LiveEndpoint from, FrameStep step, int index, KernelClock clock)
    {
        using SafeFileHandle sender = from.Namespace.Run(() => PacketSocket.OpenSender(from.Device));
        Engine.SimTime began = clock.Now;
        string? refusal = PacketSocket.TrySend(sender, step.Bytes.AsSpan());
        return new StepOutcome
        {
            Step = index,
            Began = began,
            Ended = clock.Now,
            Sent = refusal is null ? 1 : 0,
            BytesSent = refusal is null ? step.Bytes.Length : 0,
            Trouble = refusal is null ? null : $"the kernel refused the frame: {refusal}",
        };
    }
}
