using MizarLab.Packets;

namespace MizarLab.Workload.Tcp;

/// <summary>The fields of a header that a connection decides on.</summary>
public readonly record struct TcpFields(SequenceNumber Sequence, SequenceNumber Acknowledgement, TcpFlags Flags, ushort Window, ushort? MaximumSegment)
{
    public bool Has(TcpFlags flag) => (Flags & flag) != 0;
}

/// <summary>Both ends of a connection as one end sees them.</summary>
public readonly record struct TcpEnds(ushort LocalPort, Ipv4Address Remote, ushort RemotePort);

/// <summary>A segment as it was received.</summary>
internal readonly ref struct TcpSegment(TcpEnds ends, TcpFields fields, ReadOnlySpan<byte> payload, bool isMarked)
{
    public readonly TcpEnds Ends = ends;
    public readonly TcpFields Fields = fields;
    public readonly ReadOnlySpan<byte> Payload = payload;

    /// <summary>Its IP header says that it met congestion.</summary>
    public readonly bool IsMarked = isMarked;

    /// <summary>Octets of sequence space it takes: SYN and FIN count one each.</summary>
    public int Length => Payload.Length + (Fields.Has(TcpFlags.Syn) ? 1 : 0) + (Fields.Has(TcpFlags.Fin) ? 1 : 0);
}
