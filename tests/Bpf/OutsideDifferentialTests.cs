using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Packets;
using MizarLab.Tests.DataPlane;

namespace MizarLab.Tests.Bpf;

/// <summary>SNAT and DNAT on model and programs where fuzzing hits too seldom: every checksum, and the chain of a session's packets.</summary>
public sealed class OutsideDifferentialTests
{
    /// <summary>A datagram for each checksum there is: a sum of 0 is sent as 0xFFFF, and none stays none.</summary>
    [RootFact]
    public void EveryUdpChecksumIsRightAfterwards()
    {
        using BpfDataPlane bpf = new(1, "000000c6", new BpfOptions { Settings = DataPlaneSettings.Lab });
        OutsideWorld model = new(new ModelDataPlane(1, DataPlaneSettings.Lab)), programs = new(bpf);
        int ones = 0;
        for (int word = 0; word <= ushort.MaxValue; word++)
        {
            byte[] frame = OutsideWorld.FromInside(OutsideWorld.Inside, OutsideWorld.Peer).Udp(4000, 53).Bytes([(byte)(word >> 8), (byte)word]).ToBytes();
            byte[] left = programs.Leave(frame);
            if (!left.AsSpan().SequenceEqual(model.Leave(frame)))
            {
                Assert.Fail($"with {word:x4} in the datagram: {Convert.ToHexString(left)}");
            }
            OutsideWorld.AssertChecksums(left);
            ones += BinaryPrimitives.ReadUInt16BigEndian(left.AsSpan(14 + 20 + 6)) == ushort.MaxValue ? 1 : 0;
        }
        Assert.InRange(ones, 1, 2);
    }

    /// <summary>A connection from its SYN to its last segment and on to the next, with the errors about it, frame by frame and row by row.</summary>
    [RootFact]
    public void AConnectionIsFollowedAlike()
    {
        using BpfDataPlane bpf = new(1, "000000c7", new BpfOptions { Settings = DataPlaneSettings.Lab });
        OutsideWorld[] worlds = [new(new ModelDataPlane(1, DataPlaneSettings.Lab)), new(bpf)];
        byte[] left = Both(w => w.Leave(Tcp(TcpFlags.Syn)));
        Both(w => w.Enter(OutsideWorld.Answer(left, TcpFlags.Syn | TcpFlags.Ack)));
        Both(w => w.Leave(Tcp(TcpFlags.Ack)));
        Both(w => w.Enter(OutsideWorld.About(OutsideWorld.FromOutside(0x0909_0909, OutsideWorld.Public), 3, 4, left, 40)));
        Both(w => w.Leave(OutsideWorld.About(OutsideWorld.FromInside(LabWorld.Gateway, OutsideWorld.Peer), 11, 0, OutsideWorld.FromOutside(OutsideWorld.Peer, OutsideWorld.Inside).Tcp(53, 4000, 1, 1, TcpFlags.Ack).ToBytes())));
        Both(w => w.Enter(OutsideWorld.Answer(left, TcpFlags.Fin | TcpFlags.Ack)));
        Both(w => w.Leave(Tcp(TcpFlags.Fin | TcpFlags.Ack)));
        Both(w => w.Enter(OutsideWorld.Answer(left)));
        Both(w => w.Enter(OutsideWorld.Answer(left, TcpFlags.Syn), out _)); // opens nothing
        Both(w => w.Leave(Tcp(TcpFlags.Syn)));
        Both(w => w.Leave(Tcp(TcpFlags.Fin | TcpFlags.Ack)));
        Both(w => w.Enter(OutsideWorld.Answer(left, TcpFlags.Fin)));
        Both(w => w.Leave(Tcp(TcpFlags.Syn))); // the next begins where one is closed
        Both(w => w.Enter(OutsideWorld.FromOutside(OutsideWorld.Peer, OutsideWorld.Public).Tcp(5000, 80, 1, 0, TcpFlags.Syn).ToBytes()));
        Both(w => w.Leave(OutsideWorld.FromInside(OutsideWorld.Inside, OutsideWorld.Peer).Tcp(8080, 5001, 1, 0, TcpFlags.Syn).ToBytes()));
        Both(w => w.Enter(OutsideWorld.FromOutside(OutsideWorld.Peer, OutsideWorld.Public).Tcp(5001, 80, 1, 0, TcpFlags.Syn).ToBytes(), out _)); // taken from inside
        Both(w => w.Leave(Tcp(TcpFlags.Reset)));

        byte[] Both(Func<OutsideWorld, byte[]> step)
        {
            byte[] model = step(worlds[0]), programs = step(worlds[1]);
            Assert.Equal(Convert.ToHexString(model), Convert.ToHexString(programs));
            Assert.Equal(Sessions(worlds[0]), Sessions(worlds[1]));
            return model;
        }
    }

    private static byte[] Tcp(TcpFlags flags) => OutsideWorld.FromInside(OutsideWorld.Inside, OutsideWorld.Peer).Tcp(4000, 53, 1, 1, flags).ToBytes();

    private static string[] Sessions(OutsideWorld world) =>
        [.. world.Plane.Rows(LabWorld.Droplet, Tables.Translations).Select(row => $"{TableText.Key(row.Key)} = {TableText.Value(row.Value)}").Order(StringComparer.Ordinal)];
}
