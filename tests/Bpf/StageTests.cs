using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>Transit's stages and the capture hook in the programs: what is plugged in decides and sees, what is taken out does not.</summary>
public sealed class StageTests
{
    [RootFact]
    public void AStageComesAndGoesBetweenTwoFrames()
    {
        using BpfDataPlane bpf = new(1, "000000f1");
        BpfWorld.Write(bpf);
        byte[] frame = BpfWorld.OnWire(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Hosted));
        ProgramResult delivered = new(Verdict.Redirect, Reason.Delivered, Devmap.Transit, 2);
        Assert.Equal(delivered, Transit(bpf, frame));

        bpf.Put(BpfWorld.Droplet, Tables.Stages, StageSlot.Redirect, StageProgram.Drop);
        Assert.Equal(new ProgramResult(Verdict.Drop, Reason.Delivered, Devmap.None, -1), Transit(bpf, frame));
        bpf.Put(BpfWorld.Droplet, Tables.Stages, StageSlot.Redirect, StageProgram.Redirect);
        Assert.Equal(delivered, Transit(bpf, frame));
        bpf.Put(BpfWorld.Droplet, Tables.Stages, StageSlot.Redirect, StageProgram.Tx);
        Assert.Equal(Verdict.Tx, Transit(bpf, frame).Verdict);
        bpf.Delete(BpfWorld.Droplet, Tables.Stages, StageSlot.Redirect);
        Assert.Equal(delivered, Transit(bpf, frame));

        // A frame for nobody here is dropped, which is another slot.
        byte[] lost = BpfWorld.OnWire(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Nowhere));
        bpf.Put(BpfWorld.Droplet, Tables.Stages, StageSlot.Drop, StageProgram.Pass);
        Assert.Equal(new ProgramResult(Verdict.Pass, Reason.NoVpc, Devmap.None, -1), Transit(bpf, lost));
    }

    [RootFact]
    public void WithCompleteStagesTxAndAbortedHaveTheirs()
    {
        DataPlaneSettings complete = DataPlaneSettings.Mizar with { On = Switches.CompleteStages };
        using BpfDataPlane bpf = new(1, "000000f2", new BpfOptions { Settings = complete });
        BpfWorld.Write(bpf);
        byte[] passing = BpfWorld.OnWire(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote)), cut = passing[..60];
        Assert.Equal((Verdict.Redirect, Reason.ToHost), (Transit(bpf, passing).Verdict, Transit(bpf, passing).Reason));
        Assert.Equal(Verdict.Aborted, Transit(bpf, cut).Verdict);

        bpf.Put(BpfWorld.Droplet, Tables.Stages, StageSlot.Tx, StageProgram.Drop);
        bpf.Put(BpfWorld.Droplet, Tables.Stages, StageSlot.Redirect, StageProgram.Pass);
        bpf.Put(BpfWorld.Droplet, Tables.Stages, StageSlot.Aborted, StageProgram.Pass);

        Assert.Equal(Verdict.Drop, Transit(bpf, passing).Verdict);
        Assert.Equal(Verdict.Pass, Transit(bpf, cut).Verdict);
    }

    [RootFact]
    public void AFunctionIsNamedBeforeItsRow()
    {
        using BpfDataPlane bpf = new(1, "000000f3");
        HarnessException unnamed = Assert.Throws<HarnessException>(() => bpf.Put(BpfWorld.Droplet, Tables.Stages, StageSlot.Pass, StageProgram.Function));
        Assert.Contains("no function", unnamed.Message, StringComparison.Ordinal);
        bpf.Droplet(BpfWorld.Droplet).UseFunction(StageSlot.Pass, bpf.Droplet(BpfWorld.Droplet).Program(ProgramId.Transit));
        bpf.Put(BpfWorld.Droplet, Tables.Stages, StageSlot.Pass, StageProgram.Function);
        Assert.Equal([new(StageSlot.Pass, StageProgram.Function)], bpf.Rows(BpfWorld.Droplet, Tables.Stages));
    }

    [RootFact]
    public void TheCaptureHookSeesFramesAsTheyLeave()
    {
        using BpfDataPlane bpf = new(1, "000000f4", new BpfOptions { Capture = true });
        BpfWorld.Write(bpf);
        byte[] delivered = BpfWorld.OnWire(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Hosted)), lost = BpfWorld.OnWire(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Nowhere));
        using (VerdictCapture all = new(bpf.Droplet(BpfWorld.Droplet)))
        {
            Assert.Equal(Verdict.Redirect, Transit(bpf, delivered).Verdict);
            Assert.Equal(Verdict.Drop, Transit(bpf, lost).Verdict);
            IReadOnlyList<VerdictFrame> seen = all.Take();
            Assert.Equal([Verdict.Redirect, Verdict.Drop], seen.Select(frame => frame.Verdict));
            Assert.Equal(delivered[120..], seen[0].Bytes[6..]); // decapsulated: 114 bytes less, and the endpoint's MAC in front
            Assert.Equal(delivered.Length - 114, seen[0].Length);
            Assert.Equal(lost, seen[1].Bytes);
            Assert.Equal(0, all.Lost());

            // What a stage answers goes through it too.
            bpf.Put(BpfWorld.Droplet, Tables.Stages, StageSlot.Redirect, StageProgram.Pass);
            Transit(bpf, delivered);
            Assert.Equal([Verdict.Pass], all.Take().Select(frame => frame.Verdict));
        }
        using (VerdictCapture drops = new(bpf.Droplet(BpfWorld.Droplet), [Verdict.Drop]))
        {
            Transit(bpf, delivered);
            Assert.Empty(drops.Take());
        }
        Assert.Equal(Verdict.Drop, Transit(bpf, lost).Verdict);
    }

    private static ProgramResult Transit(BpfDataPlane bpf, byte[] bytes)
    {
        Frame frame = Frame.FromBytes(bytes);
        return bpf.Run(BpfWorld.Droplet, ProgramId.Transit, default, ref frame);
    }
}
