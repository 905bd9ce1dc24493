using MizarLab.Observation;
using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Harness.Conformance;
using MizarLab.Overlay;

namespace MizarLab.Tests.Conformance;

/// <summary>The runner notices what differs, and leaves nothing behind.</summary>
public sealed class VectorRunnerTests
{
    private static readonly VectorSuite Suite = VectorFiles.Load(VectorFiles.Single);
    private static readonly VectorSuite Chains = VectorFiles.Load(VectorFiles.Chains);

    [Fact]
    public void A_verdict_that_differs_is_told()
    {
        VectorRow row = Run(With(Named("bouncer_fwd_icmp_to_host"), run => run with { Verdict = Verdict.Drop }));

        Assert.Equal(Result.Fail, row.Result);
        Assert.Contains("verdict: expected DROP, got REDIRECT (ToHost)", row.Reason);
    }

    [Fact]
    public void A_byte_that_differs_is_told_by_the_name_of_its_field()
    {
        Vector vector = Named("bouncer_fwd_icmp_to_host");
        byte[] changed = [.. vector.Run.FrameOut];
        changed[22] = 0x11;

        VectorRow row = Run(With(vector, run => run with { FrameOut = changed }));

        Assert.Equal((Result.Fail, "ipv4 ttl: expected 17, got 63"), (row.Result, row.Reason));
    }

    [Theory]
    [InlineData("host_decap_icmp")]
    [InlineData("agent_encap_icmp")]
    [InlineData("odd_trunc_97")]
    [InlineData("bouncer_arp_request_gw")]
    public void Every_byte_of_the_frame_is_compared(string name)
    {
        Vector vector = Named(name);
        for (int i = 0; i < vector.Run.FrameOut.Length; i++)
        {
            byte[] changed = [.. vector.Run.FrameOut];
            changed[i] ^= 0x01;
            Assert.Equal(Result.Fail, Run(With(vector, run => run with { FrameOut = changed })).Result);
        }
        Assert.Equal(Result.Fail, Run(With(vector, run => run with { FrameOut = [.. run.FrameOut, 0] })).Result);
    }

    [Fact]
    public void Another_slot_is_told()
    {
        VectorRow row = Run(With(Named("host_decap_icmp"), run => run with { Redirect = new RedirectTarget(Devmap.Transit, 2) }));

        Assert.Equal((Result.Fail, "redirect: expected slot 2 of Transit, got slot 1 of Transit"), (row.Result, row.Reason));
    }

    [Fact]
    public void What_was_learned_is_compared_both_ways()
    {
        Vector vector = Named("host_decap_icmp");
        StateRow<EndpointKey, CachedHost> learned = (StateRow<EndpointKey, CachedHost>)vector.Run.Changes.Single();

        Assert.Contains("was written, and should not be", Run(With(vector, run => run with { Changes = [] })).Reason);
        Assert.Contains("was not", Run(With(vector, run => run with { Changes = [learned, learned with { Key = learned.Key with { Vni = new MizarLab.Packets.Vni(9) } }] })).Reason);
        Assert.Contains("expected 0.0.0.0", Run(With(vector, run => run with { Changes = [learned with { Value = new CachedHost() }] })).Reason);
        Assert.Contains("connections: ", Run(With(vector, run => run with { Changes = [learned, StateRow.New(Tables.Connections, default, default)] })).Reason);
    }

    [Fact]
    public void The_data_plane_is_left_as_it_was()
    {
        VectorSuite random = VectorFiles.Load(VectorFiles.RandomChains);
        ModelDataPlane model = new(random.Droplets);
        VectorRunner.Run(Suite, model);
        VectorRunner.Run(random, model);

        for (int i = 0; i < random.Droplets; i++)
        {
            DropletId droplet = new(i);
            Assert.Empty(model.Rows(droplet, Tables.Interface));
            Assert.Empty(model.Rows(droplet, Tables.Slots));
            Assert.Empty(model.Rows(droplet, Tables.AgentSlots));
            Assert.Empty(model.Rows(droplet, Tables.Endpoints));
            Assert.Empty(model.Rows(droplet, Tables.Networks));
            Assert.Empty(model.Rows(droplet, Tables.Vpcs));
            Assert.Empty(model.Rows(droplet, Tables.DirectPath));
            Assert.Empty(model.Rows(droplet, Tables.Agents));
            Assert.Empty(model.Rows(droplet, Tables.AgentSubstrate));
        }
    }

    [Fact]
    public void State_is_kept_from_walk_to_walk()
    {
        ChainWorld world = Chains.Worlds.Single();
        ChainSequence sequence = world.Sequences[0];
        ChainSequence second = sequence with { Walks = [sequence.Walks[1]] };

        VectorRow alone = Run(world with { Sequences = [second] }).Single();

        // The reply goes straight back only because the first walk taught the host where its sender is.
        Assert.Equal(Result.Fail, alone.Result);
        Assert.StartsWith("step 1 at d2: eth dst", alone.Reason);
    }

    [Fact]
    public void A_walk_that_goes_on_or_ends_early_or_elsewhere_fails()
    {
        ChainWorld world = Chains.Worlds.Single();
        Walk walk = world.Sequences[0].Walks[0];

        Assert.Contains("goes on after its 2 steps", RunWalk(world, walk with { Steps = walk.Steps.RemoveAt(2) }).Reason);
        Assert.Contains("ended (Delivered) after 3 steps, expected 4", RunWalk(world, walk with { Steps = walk.Steps.Add(walk.Steps[1]) }).Reason);
        Assert.Contains("end: expected Lost, got Delivered", RunWalk(world, walk with { End = WalkEnd.Lost }).Reason);
        Assert.Contains("expected Transit at rt1", RunWalk(world, walk with { Steps = walk.Steps.SetItem(1, walk.Steps[1] with { Droplet = 5 }) }).Reason);
        Assert.Equal(Result.Pass, RunWalk(world, walk with { End = WalkEnd.Delivered }).Result);
    }

    private static Vector With(Vector vector, Func<ProgramRun, ProgramRun> change) => vector with { Run = change(vector.Run) };

    private static Vector Named(string name) => Suite.Vectors.Single(vector => vector.Name == name);

    private static VectorRow Run(Vector vector) => VectorRunner.Run(new VectorSuite("", [vector], []), new ModelDataPlane(1)).Single();

    private static ImmutableArray<VectorRow> Run(ChainWorld world) =>
        VectorRunner.Run(new VectorSuite("", [], [world]), new ModelDataPlane(world.Droplets.Length));

    private static VectorRow RunWalk(ChainWorld world, Walk walk) =>
        Run(world with { Sequences = [new ChainSequence("", [walk])] }).Single();

    [Fact]
    public void It_ends_when_it_is_cancelled() =>
        Assert.Throws<OperationCanceledException>(() => VectorRunner.Run(Suite, new ModelDataPlane(Suite.Droplets), new CancellationToken(canceled: true)));
}
