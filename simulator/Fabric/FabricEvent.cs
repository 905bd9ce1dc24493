using MizarLab.Engine;

namespace MizarLab.Fabric;

/// <summary>Kinds of events between the fabric's nodes; the subject is always a frame's place in the <see cref="FrameStore"/>.</summary>
internal static class FabricEvent
{
    /// <summary>At a droplet: a frame came in by an endpoint's port (the argument).</summary>
    public const int FromEndpoint = TimerSet.EventKind + 1;

    /// <summary>At a droplet or the switch: a frame came over a link; the argument is a <see cref="LinkArrival"/>.</summary>
    public const int FromLink = TimerSet.EventKind + 2;

    /// <summary>At a droplet: a program is done with a frame, which leaves by the port in the argument.</summary>
    public const int Leave = TimerSet.EventKind + 3;

    /// <summary>At an endpoint: a frame reached its interface; the argument is the attachment it was meant for.</summary>
    public const int ToEndpoint = TimerSet.EventKind + 4;

    /// <summary>At a source of a workload: its next packet.</summary>
    public const int Tick = TimerSet.EventKind + 5;

    /// <summary>At a droplet: the core in the argument is done with a frame.</summary>
    public const int Served = TimerSet.EventKind + 6;
}

/// <summary>What travels with a frame over a link: the link's epoch when it was queued, and how many frames waited before it.</summary>
public readonly record struct LinkArrival(int Epoch, int QueueFrames)
{
    public long Packed => (long)Epoch << 32 | (uint)QueueFrames;

    public static LinkArrival Unpack(long packed) => new((int)(packed >> 32), (int)packed);
}
