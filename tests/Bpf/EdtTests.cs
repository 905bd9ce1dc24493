using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Bpf;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>The limiter of best-effort traffic: the tc program under BPF_PROG_TEST_RUN against the model, what rate it lets through, and on a real interface.</summary>
public sealed class EdtTests
{
    private static readonly DropletId Droplet = new(0);
    private static readonly Ipv4Address Nic = Ipv4Address.Parse("172.17.0.11");
    private static readonly DataPlaneSettings Paced = DataPlaneSettings.Mizar with { On = Switches.PacedEdt };

    [RootFact]
    public void ModelAndProgramAgree()
    {
        foreach (DataPlaneSettings settings in (DataPlaneSettings[])[DataPlaneSettings.Mizar, Paced])
        {
            using BpfDataPlane bpf = new(1, "000000e1", new BpfOptions { Settings = settings });
            Random random = new(7);
            for (int round = 0; round < 40; round++)
            {
                ModelDataPlane model = new(1, settings);
                bpf.Clear();
                SimTime now = SimTime.FromSeconds(random.Next(1, 5));
                for (int i = 0; i < 60; i++)
                {
                    if (i % 20 == 0 && random.Next(4) > 0)
                    {
                        BandwidthLimit limit = new((ulong)random.Next(4) * 1_000_000, (ulong)random.Next(3) * 2_000_000);
                        model.Put(Droplet, Tables.Bandwidth, Nic, limit);
                        bpf.Put(Droplet, Tables.Bandwidth, Nic, limit);
                    }
                    now += SimTime.FromNanoseconds(random.Next(3) == 0 ? random.Next(20_000_000) : random.Next(500_000));
                    SimTime earliest = random.Next(4) == 0 ? now + SimTime.FromNanoseconds(random.Next(1_000_000)) : SimTime.Zero;
                    Frame frame = Frame.FromBytes(Tunnelled((byte)(random.Next(6) * 0x20 | random.Next(4)), random.Next(43, 1500), random.Next(8) == 0 ? 53 : 6081));
                    model.Now = bpf.Now = now;
                    EgressAnswer expected = model.Egress(Droplet, in frame, earliest), actual = bpf.Egress(Droplet, in frame, earliest);
                    Assert.True(expected == actual, string.Create(CultureInfo.InvariantCulture, $"{settings.On}, round {round}, frame {i}: model {expected}, bpf {actual}"));
                }
            }
        }
    }

    [RootFact]
    public void AHorizonOfZeroPolicesToTheRateAndItsBurst()
    {
        using BpfDataPlane bpf = new(1, "000000e2", new BpfOptions { Settings = Paced });
        const ulong rate = 10_000_000;
        bpf.Put(Droplet, Tables.Bandwidth, Nic, new BandwidthLimit(rate, 0));

        // Twice the rate for a second in frames of 1 000 bytes, two at a time: what passes is the rate and the 5 ms that were saved up.
        long passed = Offer(bpf, 1_000, 10_000, SimTime.FromMicroseconds(100), (_, _) => { });

        Assert.InRange(passed, 10_000_000 - 2_000, 10_000_000 + 50_000 + 2_000);
    }

    [RootFact]
    public void WithinItsHorizonFramesLeaveEvenly()
    {
        using BpfDataPlane bpf = new(1, "000000e3", new BpfOptions { Settings = Paced });
        bpf.Put(Droplet, Tables.Bandwidth, Nic, new BandwidthLimit(10_000_000, 20_000_000));
        List<SimTime> departures = [];

        Offer(bpf, 1_000, 2_000, SimTime.FromMicroseconds(100), (now, answer) =>
        {
            if (answer.Verdict != EgressVerdict.Drop)
            {
                Assert.InRange((answer.Departure - now).Nanoseconds, 0, 20_000_000);
                departures.Add(answer.Departure);
            }
        });

        // A frame of 1 000 bytes takes 100 us; once the burst is spent none leaves sooner behind another.
        SimTime[] gaps = [.. departures.Zip(departures.Skip(1), (a, b) => b - a)];
        Assert.All(gaps.TakeLast(1_500), gap => Assert.Equal(SimTime.FromMicroseconds(100), gap));
    }

    [RootFact]
    public void OnAnInterfaceItComesAndGoes()
    {
        const string runId = "000000e4";
        using BpfDataPlane bpf = new(1, runId);
        bpf.Put(Droplet, Tables.Slots, 0, PortId.Nic); // makes the interfaces
        BpfDroplet droplet = bpf.Droplet(Droplet);
        bpf.Execute(() =>
        {
            int nic = NetworkInterface.GetAllNetworkInterfaces().Single(at => at.Name == $"m{runId}p0").GetIPProperties().GetIPv4Properties().Index;
            using (droplet.AttachEgress(nic))
            {
                Assert.Contains("edt", Filters($"m{runId}p0"), StringComparison.Ordinal);
            }
            Assert.DoesNotContain("edt", Filters($"m{runId}p0"), StringComparison.Ordinal);
            droplet.AttachEgress(nic).Dispose(); // the clsact is there already
        });
    }

    /// <returns>Bytes that were not dropped.</returns>
    private static long Offer(BpfDataPlane bpf, int bytes, int pairs, SimTime every, Action<SimTime, EgressAnswer> seen)
    {
        Frame frame = Frame.FromBytes(Tunnelled(0x20, bytes, 6081));
        long passed = 0;
        bpf.Execute(() =>
        {
            SimTime now = SimTime.FromSeconds(10);
            for (int i = 0; i < pairs; i++, now += every)
            {
                bpf.Now = now;
                for (int twin = 0; twin < 2; twin++)
                {
                    EgressAnswer answer = bpf.Egress(Droplet, in frame, SimTime.Zero);
                    seen(now, answer);
                    passed += answer.Verdict == EgressVerdict.Drop ? 0 : bytes;
                }
            }
        });
        return passed;
    }

    private static byte[] Tunnelled(byte tos, int bytes, int port)
    {
        byte[] frame = new byte[bytes];
        frame[12] = 0x08;
        frame[14] = 0x45;
        frame[15] = tos;
        frame[22] = 64;
        frame[23] = 17;
        Nic.Write(frame.AsSpan(26));
        frame[36] = (byte)(port >> 8);
        frame[37] = (byte)port;
        return frame;
    }

    private static string Filters(string name)
    {
        ProcessStartInfo start = new("tc") { RedirectStandardOutput = true };
        foreach (string argument in (string[])["filter", "show", "dev", name, "egress"])
        {
            start.ArgumentList.Add(argument);
        }
        using Process tc = Process.Start(start)!;
        string output = tc.StandardOutput.ReadToEnd();
        tc.WaitForExit();
        return output;
    }
}
