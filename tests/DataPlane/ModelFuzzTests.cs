using MizarLab.DataPlane;
using MizarLab.Harness.Conformance;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Tests.Conformance;

namespace MizarLab.Tests.DataPlane;

/// <summary>Frames nobody would send: no program throws, and every way out is taken.</summary>
public sealed class ModelFuzzTests
{
    private static readonly DropletId Droplet = new(0);

    [Fact]
    public void Truncated_at_every_byte_no_frame_throws()
    {
        foreach (Vector vector in VectorFiles.Load(VectorFiles.Single).Vectors)
        {
            ModelDataPlane model = Load(vector);
            for (int length = 0; length <= Math.Min(vector.Run.FrameIn.Length, 200); length++)
            {
                RunBoth(model, vector.Run.FrameIn.AsSpan(0, length));
            }
        }
    }

    [Fact]
    public void Mutated_frames_do_not_throw()
    {
        // Fixed seed: a failure is repeatable.
        Random random = new(20240607);
        foreach (Vector vector in VectorFiles.Load(VectorFiles.Random).Vectors)
        {
            ModelDataPlane model = Load(vector);
            for (int round = 0; round < 30; round++)
            {
                byte[] frame = [.. vector.Run.FrameIn];
                for (int flips = random.Next(1, 5); flips > 0; flips--)
                {
                    frame[random.Next(frame.Length)] = (byte)random.Next(256);
                }
                RunBoth(model, frame);
                RunBoth(model, frame.AsSpan(0, random.Next(frame.Length)));
            }
        }
    }

    /// <summary>Whatever the option length says, the inner headers lie in the frame's window.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    [InlineData(384)]
    [InlineData(385)]
    [InlineData(2000)]
    public void Every_option_length_is_read_within_the_frame(int padding)
    {
        Vector vector = VectorFiles.Load(VectorFiles.Single).Vectors.Single(vector => vector.Name == "bouncer_fwd_icmp_to_host");
        ModelDataPlane model = Load(vector);
        byte[] bytes = [.. vector.Run.FrameIn, .. new byte[padding]];
        for (int words = 0; words < 64; words++)
        {
            bytes[42] = (byte)words;
            RunBoth(model, bytes);
        }
    }

    [Fact]
    public void Every_reason_but_two_is_given_to_some_vector()
    {
        SortedSet<Reason> given = [Reason.None];
        foreach (Vector vector in VectorFiles.Load(VectorFiles.Single).Vectors.Concat(VectorFiles.Load(VectorFiles.Random).Vectors))
        {
            Frame frame = Frame.FromBytes(vector.Run.FrameIn);
            ProgramResult result = Load(vector).Run(Droplet, vector.Run.Program, new AgentId(1), ref frame);
            given.Add(result.Reason);

            // A stage that answers REDIRECT where nobody chose a target has none.
            Assert.Equal(result.Verdict == Verdict.Redirect && !(HasRedirectStage(vector) && result.Devmap == Devmap.None), result.Devmap != Devmap.None && result.Slot >= 0);
            Assert.NotEqual(Reason.None, result.Reason);
        }

        // The kernel refuses to test-run a frame under 14 bytes, and a frame fresh from an endpoint always has headroom.
        Assert.Equal([Reason.ShortEthernet, Reason.NoHeadroom], Enum.GetValues<Reason>().Where(r => (int)r is <= 6 or (>= 16 and <= 20) or (>= 32 and <= 41) or (>= 64 and <= 75) or 96 or 97).Except(given));
    }

    [Theory]
    [InlineData(ProgramId.Agent)]
    [InlineData(ProgramId.Transit)]
    public void A_frame_without_an_Ethernet_header_aborts(ProgramId program)
    {
        Frame frame = Frame.FromBytes(new byte[13]);
        ProgramResult result = new ModelDataPlane(1).Run(Droplet, program, new AgentId(1), ref frame);
        Assert.Equal((Verdict.Aborted, Reason.ShortEthernet), (result.Verdict, result.Reason));
    }

    [Fact]
    public void A_frame_encapsulated_twice_has_no_headroom_left()
    {
        Vector vector = VectorFiles.Load(VectorFiles.Single).Vectors.Single(vector => vector.Name == "agent_encap_icmp");
        ModelDataPlane model = Load(vector);
        Frame frame = Frame.FromBytes(vector.Run.FrameIn);
        model.Run(Droplet, ProgramId.Agent, new AgentId(1), ref frame);
        model.Put(Droplet, Tables.DirectPath, new EndpointKey(new Vni(3), Ipv4Address.Read(frame.HeadView[30..])), default);

        ProgramResult result = model.Run(Droplet, ProgramId.Agent, new AgentId(1), ref frame);

        Assert.Equal((Verdict.Drop, Reason.NoHeadroom), (result.Verdict, result.Reason));
    }

    private static bool HasRedirectStage(Vector vector) => vector.State.Of(Tables.Stages).Any(row => row.Value == StageProgram.Redirect);

    private static void RunBoth(ModelDataPlane model, ReadOnlySpan<byte> bytes)
    {
        Frame toAgent = Frame.FromBytes(bytes);
        model.Run(Droplet, ProgramId.Agent, new AgentId(1), ref toAgent);
        Frame toTransit = Frame.FromBytes(bytes);
        model.Run(Droplet, ProgramId.Transit, default, ref toTransit);
    }

    private static ModelDataPlane Load(Vector vector)
    {
        ModelDataPlane model = new(1);
        new StateLoader(model).Load(Droplet, vector.State);
        return model;
    }
}
