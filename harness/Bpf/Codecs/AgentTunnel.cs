using System.Buffers.Binary;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// What is the same in the headers of all an agent's tunnelled frames (spec §2.1 to §2.5), by words as bpf/encap.h stores them (enum tunnel_word of bpf/tables.h). Written here
/// from the specification and not by the model, with which the programs are compared.
/// </summary>
internal static class AgentTunnel
{
    private const int Bytes = 114, Word = 8;
    private const int SourceMacAt = 6, EtherTypeAt = 12, VersionAt = 14, TosAt = 15, GeneveAt = 42, ProtocolAt = 44, VniAt = 46;
    private const int RtsAt = 50, HostAt = 55, HostMacAt = 59, ScaledAt = 66, PodAt = 98, NamespaceAt = 106, TailAt = 112;
    private const byte Plain = 0x45, OptionWords = 16, RtsType = 0x48, ScaledType = 0x49, PodType = 0x50, NamespaceType = 0x51;
    private const ushort Ipv4 = 0x0800, Ethernet = 0x6558, StandardClass = 0x0111, UpstreamsClass = 0x1101; // upstream stores 0x0111 without swapping it (§2.5)

    /// <summary>Which words of the header a row has, in its order.</summary>
    private static ReadOnlySpan<byte> Kept => [0, 1, 5, 6, 7, 8, 12, 13];

    /// <param name="tos">Without ECN.</param>
    /// <param name="standard"><see cref="Switches.StandardOptions"/>.</param>
    /// <param name="words">Eight, from <c>macs</c> to <c>namespace</c>.</param>
    /// <param name="tail">The header's last two bytes.</param>
    public static void Write(in AgentConfig agent, byte tos, bool standard, Span<byte> words, Span<byte> tail)
    {
        Span<byte> head = stackalloc byte[Bytes];
        head.Clear();
        agent.NicMac.Write(head[SourceMacAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(head[EtherTypeAt..], Ipv4);
        head[VersionAt] = Plain;
        head[TosAt] = tos;
        head[GeneveAt] = OptionWords;
        BinaryPrimitives.WriteUInt16BigEndian(head[ProtocolAt..], Ethernet);
        BinaryPrimitives.WriteUInt32BigEndian(head[VniAt..], (uint)agent.Endpoint.Vni.Value << 8);

        WriteOption(head[RtsAt..], standard, RtsType, 3);
        agent.NicAddress.Write(head[HostAt..]);
        agent.NicMac.Write(head[HostMacAt..]);
        WriteOption(head[ScaledAt..], standard, standard ? ScaledType : (byte)0, standard ? (byte)7 : (byte)0);
        WriteOption(head[PodAt..], standard, PodType, 1);
        WriteLabel(head[(PodAt + sizeof(uint))..], agent.PodLabel, standard);
        WriteOption(head[NamespaceAt..], standard, NamespaceType, 1);
        WriteLabel(head[(NamespaceAt + sizeof(uint))..], agent.NamespaceLabel, standard);

        for (int i = 0; i < Kept.Length; i++)
        {
            head.Slice(Kept[i] * Word, Word).CopyTo(words[(i * Word)..]);
        }
        head[TailAt..].CopyTo(tail);
    }

    private static void WriteOption(Span<byte> at, bool standard, byte type, byte words)
    {
        BinaryPrimitives.WriteUInt16BigEndian(at, standard ? StandardClass : UpstreamsClass);
        at[2] = type;
        at[3] = words;
    }

    /// <summary>Upstream's are in the sender's byte order.</summary>
    private static void WriteLabel(Span<byte> at, uint label, bool standard)
    {
        if (standard)
        {
            BinaryPrimitives.WriteUInt32BigEndian(at, label);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(at, label);
        }
    }
}
