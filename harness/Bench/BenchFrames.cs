using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Bench;

/// <summary>Frames of the bench: as an endpoint sends them, and as they arrive at a droplet behind it, which the model says by forwarding them there.</summary>
internal static class BenchFrames
{
    private const int InnerBytes = 98; // of all but ARP: what ping sends

    public static byte[] Udp(Ipv4Address source, Ipv4Address destination, MacAddress to, ushort port = 9000) =>
        Filled(new PacketBuilder().Ethernet(to, BenchWorld.MacOf(source)).Ipv4(source, destination).Udp(40_000, port), headers: 42);

    public static byte[] Tcp(Ipv4Address source, Ipv4Address destination, MacAddress to, TcpFlags flags = TcpFlags.Ack) =>
        Filled(new PacketBuilder().Ethernet(to, BenchWorld.MacOf(source)).Ipv4(source, destination).Tcp(40_000, 9000, 1, 1, flags), headers: 54);

    public static byte[] Icmp(Ipv4Address source, Ipv4Address destination, MacAddress to) =>
        Filled(new PacketBuilder().Ethernet(to, BenchWorld.MacOf(source)).Ipv4(source, destination).EchoRequest(1, 1), headers: 42);

    public static byte[] ArpRequest(Ipv4Address source, Ipv4Address target) =>
        new PacketBuilder().Ethernet(MacAddress.Broadcast, BenchWorld.MacOf(source)).ArpRequest(BenchWorld.MacOf(source), source, target).ToBytes();

    /// <summary>The frame as it arrives at a droplet, forwarded there by the model from an agent's endpoint.</summary>
    /// <param name="world">Learns on the way.</param>
    /// <exception cref="BenchFrameException">It does not come by.</exception>
    public static byte[] Arriving(ModelDataPlane world, DropletId from, AgentId agent, byte[] sent, DropletId at)
    {
        const int mostHops = 8;
        Frame frame = Frame.FromBytes(sent);
        ProgramResult result = world.Run(from, ProgramId.Agent, agent, ref frame);
        for (int hop = 0; hop < mostHops && (result.Verdict is Verdict.Redirect or Verdict.Tx); hop++)
        {
            Ipv4Address next = Ipv4Address.Read(frame.HeadView[30..]);
            if (!BenchWorld.TryFind(next, out DropletId droplet))
            {
                break;
            }
            if (droplet == at)
            {
                return frame.ToBytes();
            }
            result = world.Run(droplet, ProgramId.Transit, default, ref frame);
        }
        throw new BenchFrameException($"the frame does not come by droplet {at.Index}: {result}");
    }

    private static byte[] Filled(PacketBuilder builder, int headers, int total = InnerBytes) => builder.Bytes(new byte[total - headers]).ToBytes();
}

/// <summary>A frame of the bench goes another way than to the program that is to be timed with it.</summary>
internal sealed class BenchFrameException(string message) : Exception(message);
