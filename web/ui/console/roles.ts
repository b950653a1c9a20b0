import type { AgentView } from '../shared/wire'

/** supervises says whether an agent sees and does what supervisors do; the server decides (MAY.md). */
export const supervises = (agent: Pick<AgentView, 'role'>): boolean => agent.role === 'supervisor' || agent.role === 'admin'
