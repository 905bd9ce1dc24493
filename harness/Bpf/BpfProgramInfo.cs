using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf;

/// <summary>What the kernel made of a program.</summary>
/// <param name="Instructions">BPF instructions after the verifier removed what the settings switch off.</param>
/// <param name="Verified">Instructions the verifier walked through, all paths together.</param>
/// <param name="JitBytes">Bytes of machine code.</param>
public sealed record BpfProgramInfo(ProgramId Program, int Instructions, int Verified, int JitBytes);
