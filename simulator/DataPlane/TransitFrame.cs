using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>What transit's functions work on once the frame is known to be Mizar's: the frame, where its inner frame begins, and whose tables.</summary>
internal ref struct TransitFrame
{
    private ref Frame frame;
    private ref byte first;
    private int window;
    private int inner;
    private AsSent sent;
    private EndpointView found;
    private Ipv4Address foundAt;
    private bool hasLooked;

    public DropletTables Tables { get; private set; }

    public readonly DataPlaneSettings Settings => Tables.Settings;

    public Vni Vni { get; private set; }

    /// <summary>Length of the inner frame by the frame's own account.</summary>
    public int InnerBytes { get; private set; }

    /// <summary>The inner frame was read as IPv4, not as ARP.</summary>
    public bool IsIpv4 { get; set; }

    /// <summary>The scaled-endpoint stage took the frame over: a tail call does not return, so its answer is final (§3.6).</summary>
    public bool TailCalled { get; set; }

    /// <summary>The frame from the outer Ethernet header on.</summary>
    public readonly Span<byte> Head => MemoryMarshal.CreateSpan(ref first, window);

    /// <summary>The frame from the inner Ethernet header on; at least that header is there.</summary>
    public readonly Span<byte> Inner => Head[inner..];

    /// <summary>
    /// The row of an endpoint of the frame's VPC, kept for the next who asks for the same: policy, NAT and the switch function all ask for the destination's,
    /// and no program writes the table.
    /// </summary>
    /// <returns>Where it is kept: two words just written cannot be copied as one before the processor has stored them.</returns>
    [UnscopedRef]
    public ref readonly EndpointView Find(Ipv4Address address)
    {
        if (!hasLooked || address != foundAt)
        {
            found = Tables.Endpoints.View(new EndpointKey(Vni, address));
            foundAt = address;
            hasLooked = true;
        }
        return ref found;
    }

    /// <summary>Begins with a frame that is known to be Mizar's. Not a constructor: what one has made is copied to where it belongs, more than a hundred bytes of it.</summary>
    /// <param name="tables">The droplet's.</param>
    /// <param name="frame">The whole frame.</param>
    /// <param name="vni">As on the wire.</param>
    /// <param name="inner">Where the inner Ethernet header begins.</param>
    /// <param name="innerBytes">Bytes from there on, by the frame's own account.</param>
    public static void Begin(ref TransitFrame transit, DropletTables tables, [UnscopedRef] ref Frame frame, Vni vni, int inner, int innerBytes)
    {
        transit.Tables = tables;
        transit.frame = ref frame;
        transit.Reframe();
        transit.Vni = vni;
        transit.inner = inner;
        transit.InnerBytes = innerBytes;

        // Each by itself: the struct was not cleared, for zeros written wide are not to be had as bytes for a while.
        transit.IsIpv4 = false;
        transit.TailCalled = false;
        transit.hasLooked = false;
        transit.sent.Forget();
    }

    /// <summary>The inner frame's head before reverse NAT changed it.</summary>
    [UnscopedRef]
    public ref AsSent Sent => ref sent;

    /// <summary>Whether the options take the bytes an agent writes: no header lies over another.</summary>
    public readonly bool HasUsualOptions => inner == Wire.Overhead;

    /// <summary>Whom the frame came from; our own address, when a local agent handed it over.</summary>
    public readonly Ipv4Address OuterSource
    {
        get => Ipv4Address.Read(Head[(Wire.Outer.Ip + Wire.Ipv4.Source)..]);
        set => value.Write(Head[(Wire.Outer.Ip + Wire.Ipv4.Source)..]);
    }

    public readonly bool HasFlag(RtsFlags flag) => (RtsOption.Flags(Head) & flag) != 0;

    /// <summary>Sets a flag, if a switch that uses it is on.</summary>
    public readonly void AddFlag(RtsFlags flag) => RtsOption.SetFlags(Head, RtsOption.Flags(Head) | (flag & RtsOption.FlagsOf(Settings)));

    /// <inheritdoc cref="AddFlag"/>
    public readonly void RemoveFlag(RtsFlags flag)
    {
        RtsFlags flags = RtsOption.Flags(Head);
        if ((flags & flag) != 0)
        {
            RtsOption.SetFlags(Head, flags & ~(flag & RtsOption.FlagsOf(Settings)));
        }
    }

    /// <summary>Puts the frame into another VPC, peered with its own; the wire has room for 24 bits.</summary>
    public readonly void EnterVpc(Vni vni)
    {
        if (vni != Vni)
        {
            Span<byte> at = Head[(Wire.Outer.Geneve + Wire.Geneve.Vni)..];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(at, (vni.OnWire << 8) | at[3]);
        }
    }

    /// <summary>Takes away all flags that some switch uses.</summary>
    public readonly void ClearFlags() => RemoveFlag(RtsOption.FlagsOf(Settings));

    /// <summary>Cuts or lengthens the inner frame. No length field is written.</summary>
    public void SetInnerLength(int bytes)
    {
        frame.SetLength(inner + bytes);
        Reframe();
    }

    /// <summary>Strips everything in front of the inner frame.</summary>
    public void Decapsulate()
    {
        bool pulled = frame.Pull(inner);
        Reframe();
        System.Diagnostics.Debug.Assert(pulled, "the parser found the inner header inside the window");
    }

    /// <summary>The frame begins or ends elsewhere than before.</summary>
    private void Reframe()
    {
        Span<byte> head = frame.Head;
        first = ref MemoryMarshal.GetReference(head);
        window = head.Length;
    }
}
