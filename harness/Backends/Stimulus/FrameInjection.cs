using Microsoft.Win32.SafeHandles;
using MizarLab.Harness.Capture;
using MizarLab.Harness.Namespaces;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Harness.Backends.Stimulus;

/// <summary>A crafted frame, sent by the lab at the endpoint's interface; its stack knows nothing of it.</summary>
internal static class FrameInjection
{
    public static StepOutcome Run(LiveEndpoint from, FrameStep step, int index, KernelClock clock) =>
        Run(from.Namespace, from.Device, step.Bytes.AsSpan(), index, clock);

    /// <summary>Sends at an interface of a namespace.</summary>
    public static StepOutcome Run(NetworkNamespace at, string device, ReadOnlySpan<byte> frame, int index, KernelClock clock)
    {
        using SafeFileHandle sender = at.Run(() => PacketSocket.OpenSender(device));
        Engine.SimTime began = clock.Now;
        string? refusal = PacketSocket.TrySend(sender, frame);
        return new StepOutcome
        {
            Step = index,
            Began = began,
            Ended = clock.Now,
            Sent = refusal is null ? 1 : 0,
            BytesSent = refusal is null ? frame.Length : 0,
            Trouble = refusal is null ? null : $"the kernel refused the frame: {refusal}",
        };
    }
}
