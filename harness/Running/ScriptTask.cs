using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Win32.SafeHandles;
using MizarLab.Harness.Namespaces;
using MizarLab.Scenarios.Scripts;

namespace MizarLab.Harness.Running;

/// <summary>
/// A script's own process: loads what the SDK built, runs it with the lab's types, and writes what it gave to standard output: a byte that says whether all went well, then the documents
/// (<see cref="ScriptTransfer"/>) or what was wrong. What the script itself prints goes to standard error.
/// </summary>
public static class ScriptTask
{
    internal const byte Gave = (byte)'+', Refused = (byte)'-';
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(500);

    /// <param name="built">The assembly.</param>
    /// <param name="file">What the user calls the script.</param>
    public static void Run(string built, string file)
    {
        using FileStream answer = TakeStandardOutput();
        DieWithTheLab();
        try
        {
            Assembly script = Load(built);
            MethodInfo entry = script.EntryPoint ?? throw new ScriptException($"{file}: no program: statements at its top make one");
            ImmutableArray<ScriptDocument> given = ScriptSession.Collect(file, () => Invoke(file, entry));
            answer.WriteByte(Gave);
            ScriptTransfer.Write(given, answer);
        }
        catch (ScriptException wrong)
        {
            answer.WriteByte(Refused);
            answer.Write(System.Text.Encoding.UTF8.GetBytes(wrong.Message));
        }
    }

    /// <summary>Standard output as it is now; from here on everything printed, natively too, goes to standard error.</summary>
    private static FileStream TakeStandardOutput()
    {
        SafeFileHandle answer = new(LibC.Duplicate(1), ownsHandle: true);
        return LibC.Duplicate(2, 1) == 1 && !answer.IsInvalid ? new FileStream(answer, FileAccess.Write) : throw new IOException("standard output cannot be set aside");
    }

    /// <summary>A lab that is killed takes nothing down; its script, which may loop without end, must not stay.</summary>
    private static void DieWithTheLab()
    {
        int parent = LibC.ParentId();
        new Thread(() =>
        {
            while (LibC.ParentId() == parent)
            {
                Thread.Sleep(Watch);
            }
            using Process own = Process.GetCurrentProcess();
            own.Kill();
        })
        {
            IsBackground = true,
            Name = "watch",
        }.Start();
    }

    /// <summary>The script's own dependencies come from beside it; what the lab has too is the lab's, or its types would be others.</summary>
    private static Assembly Load(string path)
    {
        AssemblyDependencyResolver beside = new(path);
        AssemblyLoadContext context = new(Path.GetFileNameWithoutExtension(path));
        context.Resolving += (own, name) =>
            beside.ResolveAssemblyToPath(name) is { } found ? own.LoadFromAssemblyPath(found) : null;
        return context.LoadFromAssemblyPath(path);
    }

    private static void Invoke(string file, MethodInfo entry)
    {
        try
        {
            object? ended = entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
            if (ended is Task running)
            {
                running.GetAwaiter().GetResult();
                ended = running is Task<int> counted ? counted.Result : null;
            }
            if (ended is int and not 0)
            {
                throw new ScriptException($"{file}: returned {ended}, so what it gave is not taken (return 0, or nothing)");
            }
        }
        catch (TargetInvocationException thrown) when (thrown.InnerException is { } cause)
        {
            throw new ScriptException($"{PlaceOf(file, cause)}: {cause.Message.Split(" (Parameter", 2)[0]}");
        }
    }

    /// <summary>The innermost line of the script that led to an exception.</summary>
    private static string PlaceOf(string file, Exception cause) =>
        new StackTrace(cause, fNeedFileInfo: true).GetFrames().FirstOrDefault(frame => frame.GetFileName() == Path.GetFullPath(file)) is { } frame
            ? $"{file}:{frame.GetFileLineNumber()}:{frame.GetFileColumnNumber()}"
            : file;
}
