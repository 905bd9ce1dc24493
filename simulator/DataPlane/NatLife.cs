using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// How long what is translated lives: a service's NAT entries (<see cref="NatCache"/>) and sessions with the outside (<see cref="Translations"/>). The client is who opens, the
/// backend who answers. bpf/nat_life.h has the same in C.
/// </summary>
internal static class NatLife
{
    /// <summary>What a segment tells of its connection; packets that are no TCP nothing.</summary>
    public static NatState Says(IpProtocol protocol, byte tcpFlags, bool isClient)
    {
        if (protocol != IpProtocol.Tcp)
        {
            return NatState.None;
        }
        NatState says = (tcpFlags & TcpBits.Syn) == 0 ? NatState.Established : NatState.None;
        return (tcpFlags & TcpBits.Fin) == 0 ? says : says | (isClient ? NatState.ClientFinished : NatState.BackendFinished);
    }

    /// <summary>Whether one that was last seen then, in this state, has been in use lately.</summary>
    /// <param name="seen">In <see cref="LabClock"/> ticks.</param>
    public static bool IsRecent(DropletTables tables, IpProtocol protocol, NatState state, uint seen)
    {
        bool open = (state & NatState.Established) != 0 && (state & NatState.Finished) != NatState.Finished;
        return LabClock.Age(tables.Now, seen) <= tables.Lifetimes.Of(protocol, open ? TcpPhase.Established : TcpPhase.Opening);
    }

    /// <summary>Whether a segment begins another connection: a SYN where both sides have sent their FIN.</summary>
    public static bool BeginsAnew(byte tcpFlags, NatState state) =>
        (tcpFlags & (TcpBits.Syn | TcpBits.Ack)) == TcpBits.Syn && (state & NatState.Finished) == NatState.Finished;
}
