using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MizarLab.Engine;

namespace MizarLab.Fabric;

/// <summary>All that a frame touches of a <see cref="LinkDirection"/> where nobody asks its queue: one cache line.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct LinkLine
{
    public SimTime BusyUntil;

    /// <summary>Of the wire.</summary>
    public SimTime Delay;

    /// <summary>How long the last frame took, which had <see cref="LastBytes"/>: most are as long as the one before.</summary>
    public SimTime LastTime;

    /// <summary>See <see cref="LinkDirection.Waited"/>.</summary>
    public SimTime Waited;

    public long Frames;
    public long Bytes;
    public int LastBytes;

    /// <summary>See <see cref="LinkDirection.Epoch"/>.</summary>
    public int Epoch;

    /// <summary>The node at the other end; where that <see cref="IsCut"/>, its number among the switches of the top tier.</summary>
    public int Peer;

    /// <summary>The other end is a switch of the top tier, which is a node for each unit.</summary>
    public bool IsCut;

    /// <summary>The queue decides about frames, or somebody is told of them: the <see cref="LinkDirection"/> has to be asked.</summary>
    public bool AsksQueue;

    /// <summary>Whether a frame of so many bytes needs nothing but what is here.</summary>
    public readonly bool Takes(int bytes) => LastBytes == bytes && !AsksQueue;

    /// <summary>Sends a frame of <see cref="LastBytes"/> when the transmitter is free.</summary>
    /// <returns>When its last bit is at the other end.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SimTime Send(SimTime now)
    {
        SimTime start = now;
        if (BusyUntil > now)
        {
            start = BusyUntil;
            Waited += start - now;
        }
        SimTime free = start + LastTime;
        BusyUntil = free;
        Frames++;
        Bytes += LastBytes;
        return free + Delay;
    }
}
