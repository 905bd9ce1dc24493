using System.Runtime.InteropServices;
using MizarLab.Engine;
using MizarLab.Measure;

namespace MizarLab.Fabric;

/// <summary>
/// What travels with a frame beside its bytes: all that switches look at, and what measures ask at the end. One cache line; bare relaying
/// (the bench without a data plane) has nothing else.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
public struct Waybill
{
    /// <summary>Destination of a frame for which the switch has no port; see <see cref="LossOf"/>.</summary>
    private const int NoDestination = -1;

    /// <summary>Bytes on the wire.</summary>
    public int Length;

    /// <summary>Index of the droplet the outer header names; negative: none, and the first switch loses it.</summary>
    public int Destination;

    /// <summary>The unit of <see cref="Destination"/>; of the sender where there is none.</summary>
    public int Unit;

    /// <summary>Which of the unit's edges <see cref="Destination"/> hangs on.</summary>
    public short Edge;

    /// <summary>Links crossed since it was born.</summary>
    public short Hops;

    /// <summary>Of the outer 5-tuple.</summary>
    public uint FlowHash;

    /// <summary>The link it came by last.</summary>
    public int Link;

    public CongestionField Congestion;

    /// <summary>A queue on this leg marked it; the receiving NIC writes that into the header.</summary>
    public bool Marked;

    /// <summary>What it met on its way, in measured runs.</summary>
    public PathMarks Marks;

    /// <summary>Links crossed since a NIC sent it.</summary>
    public byte Leg;

    /// <summary>Bytes the destination is to send back; 0: none.</summary>
    public int Asks;

    /// <summary>When the source sent it.</summary>
    public SimTime Born;

    /// <summary>Of the source's choice: which of its flows.</summary>
    public int Flow;

    /// <summary>The droplet that sent it first.</summary>
    public int Source;

    /// <summary>Where a relay sends it on to.</summary>
    public int Final;

    /// <summary>Of the source's choice: the port it is to leave <see cref="Final"/> by.</summary>
    public int FinalPort;

    /// <summary>Of the source's choice: its number in the flow.</summary>
    public int Sequence;

    /// <summary>The droplet whose NIC sent it last.</summary>
    public int Sender;

    /// <summary>Addresses it to a droplet.</summary>
    public void AddressTo(int droplet, FabricMap map)
    {
        Destination = droplet;
        map.Find(droplet, out Unit, out Edge);
    }

    /// <summary>Addresses it to no droplet; the first switch will say why it is lost.</summary>
    internal void Misaddress(LossCause cause, int senderUnit)
    {
        Destination = NoDestination - (int)cause;
        Unit = senderUnit;
    }

    /// <summary>Why a frame of negative <see cref="Destination"/> is lost.</summary>
    internal readonly LossCause LossOf => (LossCause)(NoDestination - Destination);
}

/// <summary>The outer header's ECN field (RFC 3168): as on the wire.</summary>
public enum CongestionField : byte
{
    NotCapable = 0,
    Capable1 = 1,
    Capable0 = 2,
    Experienced = 3,
}
