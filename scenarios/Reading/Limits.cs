using MizarLab.DataPlane;
using MizarLab.Engine;

namespace MizarLab.Scenarios.Reading;

/// <summary>What is too much, and why. A scenario beyond these is a slip or an attack, not an experiment.</summary>
internal static class Limits
{
    /// <summary>Of anything: frames, blocks, droplets, endpoints.</summary>
    public const int Count = 1_000_000;

    /// <summary>Bouncers of a network, dividers of a VPC: what a kernel value holds (spec §3.15).</summary>
    public const int Roles = AddressList.Limit;

    /// <summary>Endpoints a droplet hosts: a devmap has 128 slots and the NIC is one (spec §3.1).</summary>
    public const int PortsOfDroplet = 127;

    /// <summary>IP bytes of an underlay or an endpoint: jumbo frames.</summary>
    public const int LargestMtu = 9_216;

    /// <summary>What IPv4 guarantees (RFC 791).</summary>
    public const int SmallestMtu = 68;

    /// <summary>A TCP block: the stream's buffer is one block.</summary>
    public const int LargestBlock = 65_536;

    /// <summary>All payloads of a scenario together.</summary>
    public const int AllPayloads = 16 << 20;

    /// <summary>Live backends take real time.</summary>
    public static readonly SimTime LongestTime = SimTime.FromSeconds(3_600);

    /// <summary>Geneve has 24 bits for it (spec §2.4).</summary>
    public const int LargestVni = (1 << 24) - 1;
}
