using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>What transit's functions work on once the frame is known to be Mizar's: the frame, where its inner frame begins, and whose tables.</summary>
internal ref struct TransitFrame
{
    private readonly ref Frame frame;
    private readonly int inner;

    public TransitFrame(DropletTables tables, ref Frame frame, Vni vni, int inner)
    {
        Tables = tables;
        this.frame = ref frame;
        Vni = vni;
        this.inner = inner;
    }

    public DropletTables Tables { get; }

    public Vni Vni { get; }

    /// <summary>The scaled-endpoint stage took the frame over: a tail call does not return, so its answer is final (§3.6).</summary>
    public bool TailCalled { get; set; }

    /// <summary>The frame from the outer Ethernet header on.</summary>
    public readonly Span<byte> Head => frame.Head;

    /// <summary>The frame from the inner Ethernet header on; at least that header is there.</summary>
    public readonly Span<byte> Inner => frame.Head[inner..];

    /// <summary>Strips everything in front of the inner frame.</summary>
    public readonly void Decapsulate()
    {
        bool pulled = frame.Pull(inner);
        System.Diagnostics.Debug.Assert(pulled, "the parser found the inner header inside the window");
    }
}
