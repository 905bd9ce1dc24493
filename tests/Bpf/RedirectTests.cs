using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// The kernel says that a test run redirected, never whither; the program says it in its record. Here the record is held against the
/// independent way of finding out (spec 11): the slot without which the verdict changes is the target.
/// </summary>
public sealed class RedirectTests
{
    /// <summary>From the wire (0) or an agent, to whom, by which devmap and slot.</summary>
    private static readonly (int Agent, Ipv4Address Destination, Devmap Devmap, int Slot)[] Cases =
    [
        (0, BpfWorld.Remote, Devmap.Transit, 0),
        (0, BpfWorld.Hosted, Devmap.Transit, 2),
        (0, BpfWorld.OtherNetwork, Devmap.Transit, 0),
        (1, BpfWorld.Remote, Devmap.Agent, 0),
        (2, BpfWorld.Remote, Devmap.Transit, 0),
        (2, BpfWorld.Hosted, Devmap.Transit, 2),
    ];

    [RootFact]
    public void TheRecordedTargetIsTheSlotThatDecides()
    {
        using BpfDataPlane bpf = new(1, "00000004");
        BpfWorld.Write(bpf);
        foreach ((int agent, Ipv4Address destination, Devmap expected, int expectedSlot) in Cases)
        {
            ProgramResult told = Run(bpf, agent, destination);
            Assert.Equal((Verdict.Redirect, expected, expectedSlot), (told.Verdict, told.Devmap, told.Slot));
            List<(Devmap, int)> decisive = [];
            foreach ((Devmap devmap, Table<int, PortId> table) in ((Devmap, Table<int, PortId>)[])[(Devmap.Transit, Tables.Slots), (Devmap.Agent, Tables.AgentSlots)])
            {
                foreach ((int slot, PortId port) in bpf.Rows(BpfWorld.Droplet, table))
                {
                    bpf.Delete(BpfWorld.Droplet, table, slot);
                    ProgramResult without = Run(bpf, agent, destination);
                    if (without.Verdict != told.Verdict)
                    {
                        Assert.Equal(Verdict.Aborted, without.Verdict);
                        Assert.Equal(slot == 0 ? Reason.NoNicSlot : Reason.NoEndpointSlot, without.Reason);
                        decisive.Add((devmap, slot));
                    }
                    bpf.Put(BpfWorld.Droplet, table, slot, port);
                }
            }
            Assert.Equal([(told.Devmap, told.Slot)], decisive);
        }
    }

    [RootFact]
    public void AFrameNoTestRunTakesIsRefusedAndNotGuessed()
    {
        using BpfDataPlane bpf = new(1, "00000005");
        foreach (int length in (int[])[0, 13, 3521])
        {
            Frame frame = Frame.FromBytes(new byte[length]);
            try
            {
                bpf.Run(BpfWorld.Droplet, ProgramId.Transit, default, ref frame);
                Assert.Fail($"{length} bytes ran");
            }
            catch (FrameNotRunnableException refused)
            {
                Assert.Contains($"{length} bytes", refused.Message, StringComparison.Ordinal);
            }
        }
        foreach (int length in (int[])[14, 3520])
        {
            Frame frame = Frame.FromBytes(new byte[length]);
            Assert.Equal(Reason.NotIpv4, bpf.Run(BpfWorld.Droplet, ProgramId.Transit, default, ref frame).Reason);
            Assert.Equal(length, frame.Length);
        }
    }

    /// <summary>The kernel's own buffer is the limit: 3520 bytes and 114 more still fit it.</summary>
    [RootFact]
    public void TheLargestFrameIsEncapsulated()
    {
        using BpfDataPlane bpf = new(1, "00000006");
        BpfWorld.Write(bpf);
        byte[] ping = BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote, FrameNotRunnableException.Longest - 42);
        Frame frame = Frame.FromBytes(ping);
        Assert.Equal(Reason.ToBouncer, bpf.Run(BpfWorld.Droplet, ProgramId.Agent, new AgentId(1), ref frame).Reason);
        Assert.Equal(FrameNotRunnableException.Longest + 114, frame.Length);
        Assert.Equal(ping, frame.ToBytes()[114..]);
    }

    private static ProgramResult Run(BpfDataPlane bpf, int agent, Ipv4Address destination)
    {
        byte[] ping = BpfWorld.Ping(BpfWorld.Local, destination);
        Frame frame = Frame.FromBytes(agent == 0 ? BpfWorld.OnWire(ping) : ping);
        return bpf.Run(BpfWorld.Droplet, agent == 0 ? ProgramId.Transit : ProgramId.Agent, new AgentId(agent), ref frame);
    }
}
